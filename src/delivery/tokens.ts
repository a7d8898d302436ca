import type * as v from 'valibot';
import type { tokenCall } from '../group/wire/delivery-calls.ts';
import { readRsaPublicKey } from '../pki/rsa-public-key.ts';
import { type Bytes, concat, toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { verifyPss } from '../protocol/crypto/signatures.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { limits } from '../protocol/limits.ts';
import { canonicalBytes, without } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';
import type { Parsed } from '../protocol/wire/parse.ts';
import type { Caller, DeliveryContext } from './context.ts';
import { notAuthorized } from './refusals.ts';
import type { RegisteredAgent } from './registry.ts';
import { type DeliveryAgent, newDeliveryAgent } from './store.ts';

/** A token that was just made; it is stored as a hash alone. `expiresAt` in Unix seconds. */
export interface MadeToken {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Gives an agent a token for its signature (groups page, section 4). Throws `wrong_recipient`, `stale_timestamp`, `unknown_agent`,
 * `certificate_revoked`, `signature_invalid` and `replayed_nonce`, in this order.
 */
export async function makeToken(
  context: DeliveryContext,
  { json, value }: Parsed<v.InferOutput<typeof tokenCall>>,
): Promise<MadeToken> {
  const { store, registry, limits: mine, random } = context;
  const { agent_id: agentId, server, timestamp, signature } = value;
  if (!context.names().includes(server)) {
    throw new ParleyError(
      'wrong_recipient',
      'This was signed for another delivery service. Ask the one that it names.',
    );
  }
  const now = context.now();
  if (Math.abs(now - timestamp) > limits.freshness) {
    throw new ParleyError('stale_timestamp', 'The timestamp is more than 300 s away. Check the clock.', { now });
  }
  const registered = await registry.agent(agentId);
  if (registered === undefined) {
    throw new ParleyError('unknown_agent', 'No agent of this agent_id has registered. Register first.');
  }
  if (registered.isRevoked) {
    throw new ParleyError(
      'certificate_revoked',
      'This agent was revoked. Make new keys and register another agent_id.',
    );
  }
  await checkSignature(
    registered,
    concat(label('delivery token'), canonicalBytes(without(json, 'signature'))),
    signature,
  );
  const used = `token ${toHex(await sha256(crypto.subtle, signature))}`;
  if (!(await store.remember(used, timestamp + 2 * limits.freshness))) {
    throw new ParleyError('replayed_nonce', 'This signature was used before. Sign anew.');
  }
  const key = await keyOf(registered);
  const { key: former } = await store.agent(agentId);
  // Before the new key is noted: what fails in between is done again with the next token.
  if (former !== '' && former !== key) await store.forgetAgent(agentId);
  const token = `${agentId}.${toHex(random(32))}`;
  const made = { hash: await hashOf(token), expiresAt: now + mine.token };
  await store.changeAgent(agentId, (current) => {
    const isNewOwner = current.key !== '' && current.key !== key;
    const own: DeliveryAgent = isNewOwner ? { ...newDeliveryAgent, key, keySince: now } : { ...current, key };
    const alive = own.tokens.filter(({ expiresAt }) => expiresAt > now);
    return { ...own, tokens: [...alive, made].slice(-mine.tokens) };
  });
  return { token, expiresAt: made.expiresAt };
}

/** Returns who shows this Bearer token. Throws `not_authorized` for none, and for one that has ended or whose agent was revoked. */
export async function callerOf(context: DeliveryContext, token: string | undefined): Promise<Caller> {
  const [, agentId = ''] = /^([a-z0-9_]+)\.[0-9a-f]{64}$/.exec(token ?? '') ?? [];
  if (token === undefined || !isAgentId(agentId)) throw notAuthorized();
  const [hash, record, registered] = await Promise.all([
    hashOf(token),
    context.store.agent(agentId),
    context.registry.agent(agentId),
  ]);
  const now = context.now();
  const alive = record.tokens.find((each) => each.hash === hash && each.expiresAt > now);
  if (alive === undefined || registered === undefined || registered.isRevoked) throw notAuthorized();
  if ((await keyOf(registered)) !== record.key) throw notAuthorized();
  return { agentId, registered, record, until: alive.expiresAt };
}

/** Ends a token of `callerOf`. */
export async function endToken({ store }: DeliveryContext, { agentId }: Caller, token: string): Promise<void> {
  const hash = await hashOf(token);
  await store.changeAgent(agentId, (current) => ({
    ...current,
    tokens: current.tokens.filter((each) => each.hash !== hash),
  }));
}

async function checkSignature({ signingSpki }: RegisteredAgent, signed: Bytes, signature: Bytes): Promise<void> {
  const key = await readRsaPublicKey(signingSpki, 'signing');
  if (key === undefined || !(await verifyPss(crypto.subtle, key.key, signature, signed))) {
    throw new ParleyError('signature_invalid', 'The signature is not the agent’s over this request.');
  }
}

/** H(token): the lookup by it tells nothing of the token through time, since nobody chooses its hash. */
async function hashOf(token: string): Promise<string> {
  return toHex(await sha256(crypto.subtle, new TextEncoder().encode(token)));
}

async function keyOf({ signingSpki }: RegisteredAgent): Promise<string> {
  return toHex(await sha256(crypto.subtle, signingSpki));
}
