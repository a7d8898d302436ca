/** Shows a key's whole fingerprint; it breaks between bytes only. */
export function KeyFingerprint({ text }: { readonly text: string }) {
  const bytes = text.split(':');
  return (
    <code className="verify-fingerprint">
      {/* Zero-width spaces let a line end after a colon. */}
      {bytes.join(':\u200b')}
    </code>
  );
}
