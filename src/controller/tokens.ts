import { equalConstantTime } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';

/** A token, or what returns the one that counts now: its owner may put another in its place. */
export type Token = string | (() => Promise<string>);

/** True when `shown` is one of `tokens`, in a time that tells nothing of how near it came. */
export async function isToken(shown: string | undefined, tokens: readonly Token[]): Promise<boolean> {
  if (shown === undefined) return false;
  const hash = (text: string) => sha256(crypto.subtle, new TextEncoder().encode(text));
  const wanted = await hash(shown);
  let found = false;
  for (const token of tokens) {
    const current = typeof token === 'string' ? token : await token();
    found = equalConstantTime(await hash(current), wanted) || found;
  }
  return found;
}
