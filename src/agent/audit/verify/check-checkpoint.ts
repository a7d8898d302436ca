import { acceptPair } from '../../../pki/accept-pair.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { type Checkpoint, isSignedCheckpoint } from '../entry/checkpoint.ts';
import type { Fault } from './chain-check.ts';
import type { Evidence } from './evidence.ts';

/**
 * Returns what is wrong with the checkpoint that a checked trail begins with, if anything is: its agent has signed
 * it, with the key of its certificates.
 */
export async function checkCheckpoint(
  subtle: Subtle,
  { agentId, authority, ownCertificates }: Evidence,
  checkpoint: Checkpoint | undefined,
): Promise<Fault | undefined> {
  if (checkpoint === undefined) return undefined;
  const at = checkpoint.length;
  if (agentId !== checkpoint.agent_id || authority === undefined || ownCertificates === undefined) {
    return { at, words: `The checkpoint before entry ${at} belongs to another agent.` };
  }
  const pair = await acceptPair(authority.certificate, ownCertificates);
  const isSigned = pair !== undefined && (await isSignedCheckpoint(subtle, pair.identity.verifyKey, checkpoint));
  return isSigned ? undefined : { at, words: `${agentId} has not signed the checkpoint before entry ${at}.` };
}
