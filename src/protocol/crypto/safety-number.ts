import { type Bytes, concat } from '../bytes.ts';
import { label } from '../wire/label.ts';
import type { Subtle } from './subtle.ts';

const rounds = 5_200;

/** An agent's long-term name and key: `signingSpki` is the SPKI DER of its signing key. */
export interface NamedKey {
  readonly agentId: string;
  readonly signingSpki: Bytes;
}

/**
 * Returns the number that two people compare (protocol page, section 3, "Safety number"): 60 digits, the lower
 * agent_id's 30 first, the same for both. It takes 10,400 rounds of SHA-512, so ask for it off the main thread.
 */
export async function safetyNumber(subtle: Subtle, one: NamedKey, other: NamedKey): Promise<string> {
  const [lower, higher] = one.agentId < other.agentId ? [one, other] : [other, one];
  const halves = await Promise.all([digitsOf(subtle, lower), digitsOf(subtle, higher)]);
  return halves.join('');
}

async function digitsOf(subtle: Subtle, { agentId, signingSpki }: NamedKey): Promise<string> {
  let digest = await sha512(subtle, concat(label('safety number'), signingSpki, new TextEncoder().encode(agentId)));
  for (let round = 0; round < rounds; round++) digest = await sha512(subtle, concat(digest, signingSpki));
  const groups = Array.from({ length: 6 }, (_, group) => {
    const number = digest.subarray(5 * group, 5 * group + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 100_000).padStart(5, '0');
  });
  return groups.join('');
}

async function sha512(subtle: Subtle, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.digest('SHA-512', data));
}
