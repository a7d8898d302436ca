import * as v from 'valibot';
import { revocationReason } from '../pki/revocation-reason.ts';
import { readRsaPublicKey } from '../pki/rsa-public-key.ts';
import { concat, toHex } from '../protocol/bytes.ts';
import { verifyPss } from '../protocol/crypto/signatures.ts';
import { ParleyError } from '../protocol/errors.ts';
import { canonicalBytes, without } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';
import { agentId, rsaBytes, timestamp } from '../protocol/wire/members.ts';
import type { Parsed } from '../protocol/wire/parse.ts';
import { type ControllerContext, checkFresh, checkRecipient } from './context.ts';
import { controllerName } from './names.ts';
import type { AgentRecord } from './store.ts';
import { isToken, type Token } from './tokens.ts';

/** Body of `POST /controller/revoke`. */
export const revokeBody = v.strictObject({
  agent_id: agentId,
  controller: v.optional(controllerName),
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  timestamp,
  signature: v.optional(rsaBytes),
});

/** Who may revoke besides the agent itself: whoever shows the operator's token, when there is one. */
export interface Authority {
  readonly shownToken: string | undefined;
  readonly operatorToken: Token | undefined;
}

/**
 * Revokes every certificate of an agent, by its own signature or the operator's token; a fresh CRL says so when this resolves.
 * False when the agent was revoked and listed already: then nothing changes. Throws `unknown_agent`, `wrong_recipient`,
 * `stale_timestamp`, `signature_invalid` or `not_authorized` (protocol page, section 6).
 */
export async function revokeAgent(
  context: ControllerContext,
  { json, value }: Parsed<v.InferOutput<typeof revokeBody>>,
  authority: Authority,
): Promise<boolean> {
  const { agent_id, controller, signature, timestamp: signedAt } = value;
  if (controller === undefined && signature !== undefined) {
    throw new ParleyError('malformed_message', 'A signed revocation names the Controller it is for.');
  }
  if (controller !== undefined) checkRecipient(context, controller);
  if (signature === undefined) await checkOperator(authority);
  else checkFresh(context, signedAt);
  const record = await context.store.agent(agent_id);
  if (record === undefined) throw unknown();
  if (signature !== undefined) {
    await checkSignature(record, concat(label('revoke'), canonicalBytes(without(json, 'signature'))), signature);
  }
  let changes = false;
  let revokedAt = 0;
  await context.store.updateAgent(agent_id, (current = record) => {
    // Meanwhile the operator may have deleted the name, and another key may have registered it.
    if (current.deletedAt !== undefined || toHex(current.signingSpki) !== toHex(record.signingSpki)) throw unknown();
    changes = current.revoked === undefined;
    revokedAt = current.revoked?.at ?? context.now();
    return changes ? { ...current, revoked: { at: context.now(), reason: revocationReason(value.reason) } } : current;
  });
  const { lists } = context;
  // The list of an earlier try is being signed, perhaps by another server, or could not be: nobody has heard of the revocation yet.
  if (!changes) return lists.catchUp(revokedAt);
  await lists.renew();
  return true;
}

function unknown(): ParleyError {
  return new ParleyError('unknown_agent', 'No agent of this agent_id has registered.');
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

/** Throws `not_authorized` unless the operator's token was shown, and there is one. */
export async function checkOperator({ shownToken, operatorToken }: Authority): Promise<void> {
  if (operatorToken !== undefined && (await isToken(shownToken, [operatorToken]))) return;
  throw new ParleyError(
    'not_authorized',
    'This needs the operator’s token, or for a revocation the signature of the agent’s key.',
  );
}
