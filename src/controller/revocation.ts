import * as v from 'valibot';
import { revocationReason } from '../pki/revocation-reason.ts';
import { readRsaPublicKey } from '../pki/rsa-public-key.ts';
import { concat } from '../protocol/bytes.ts';
import { verifyPss } from '../protocol/crypto/signatures.ts';
import { ParleyError } from '../protocol/errors.ts';
import { canonicalBytes, without } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';
import { limits } from '../protocol/wire/limits.ts';
import { agentId, rsaBytes, timestamp } from '../protocol/wire/members.ts';
import type { Parsed } from '../protocol/wire/parse.ts';
import type { ControllerContext } from './context.ts';
import { renewRevocationList } from './revocation-lists.ts';
import type { AgentRecord } from './store.ts';
import { isToken } from './tokens.ts';

/** Body of `POST /controller/revoke`. */
export const revokeBody = v.strictObject({
  agent_id: agentId,
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  timestamp,
  signature: v.optional(rsaBytes),
});

/** Who may revoke besides the agent itself: whoever shows the operator's token, when there is one. */
export interface Authority {
  readonly shownToken: string | undefined;
  readonly operatorToken: string | undefined;
}

/**
 * Revokes every certificate of an agent, by its own signature or the operator's token; a fresh CRL says so when this resolves.
 * Doing it again changes nothing. Throws `unknown_agent`, `stale_timestamp`, `signature_invalid` or `not_authorized`.
 */
export async function revokeAgent(
  context: ControllerContext,
  { json, value }: Parsed<v.InferOutput<typeof revokeBody>>,
  authority: Authority,
): Promise<void> {
  const { store, now } = context;
  const record = await store.agent(value.agent_id);
  if (record === undefined) throw new ParleyError('unknown_agent', 'No agent of this agent_id has registered.');
  if (value.signature === undefined) {
    await checkOperator(authority);
  } else {
    if (Math.abs(now() - value.timestamp) > limits.freshness) {
      throw new ParleyError('stale_timestamp', 'The timestamp is more than 300 s away. Check the clock.', {
        now: now(),
      });
    }
    await checkSignature(record, concat(label('revoke'), canonicalBytes(without(json, 'signature'))), value.signature);
  }
  await store.updateAgent(value.agent_id, (current) => ({
    ...(current ?? record),
    revoked: current?.revoked ?? { at: now(), reason: revocationReason(value.reason) },
  }));
  await renewRevocationList(context);
}

async function checkSignature(
  { signingSpki }: AgentRecord,
  signed: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const key = await readRsaPublicKey(signingSpki, 'signing');
  if (key === undefined || !(await verifyPss(crypto.subtle, key.key, signature, signed))) {
    throw new ParleyError('signature_invalid', 'The signature is not the agent’s over this revocation.');
  }
}

async function checkOperator({ shownToken, operatorToken }: Authority): Promise<void> {
  if (operatorToken !== undefined && (await isToken(shownToken, [operatorToken]))) return;
  throw new ParleyError('not_authorized', 'Sign the revocation with the agent’s key, or show the operator’s token.');
}
