import { useState } from 'react';

/** Copies `text`; `what` names it for those who do not see it. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <button
      type="button"
      className="button button-quiet"
      onClick={() => void copy().catch(() => undefined)}
      aria-label={`Copy ${what}`}
    >
      <span role="status">{copied ? 'Copied' : 'Copy'}</span>
    </button>
  );
}
