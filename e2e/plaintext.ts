/** Everything that would give a plaintext away: its words, and each piece of it in base64, at every alignment, and in hex. */
export function tracesOf(plaintext: string): readonly string[] {
  const piece = 9;
  const slices = Array.from({ length: plaintext.length - piece + 1 }, (_, at) => plaintext.slice(at, at + piece));
  const words = plaintext.split(/\s+/).filter((word) => word.length > 5);
  return [
    plaintext,
    ...words,
    ...slices,
    ...slices.map((slice) => Buffer.from(slice).toString('base64')),
    ...slices.map((slice) => Buffer.from(slice).toString('hex')),
    encodeURIComponent(plaintext),
  ];
}
