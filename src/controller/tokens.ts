import { equalConstantTime } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';

/** True when `shown` is one of `tokens`, in a time that tells nothing of how near it came. */
export async function isToken(shown: string | undefined, tokens: readonly string[]): Promise<boolean> {
  if (shown === undefined) return false;
  const hash = (text: string) => sha256(crypto.subtle, new TextEncoder().encode(text));
  const wanted = await hash(shown);
  let found = false;
  for (const token of tokens) found = equalConstantTime(await hash(token), wanted) || found;
  return found;
}
