import * as v from 'valibot';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { AgentRecord, ControllerStore } from './store.ts';

/** Agents of a page when the caller does not say, and at most (protocol page, section 6). */
export const usualPage = limits.usualPage;
export const longestPage = limits.longestPage;

/** True when the agent holds a line to a relay of this installation. */
export type Presence = (agent: Pick<AgentRecord, 'agentId' | 'address'>) => Promise<boolean>;

const query = v.object({
  after: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9_]{0,63}$/, 'is not part of an agent_id')), ''),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/, 'is not a positive whole number'), v.transform(Number)),
    String(usualPage),
  ),
});

/**
 * Answers `GET /controller/agents?after=&limit=`: agents in order of agent_id, and `next` when there are more. The ETag is
 * over the list without `online`, so that it changes only with what was registered and revoked. Throws `malformed_message`.
 */
export async function directoryPage(store: ControllerStore, presence: Presence, request: Request): Promise<Response> {
  const { success, output } = v.safeParse(query, Object.fromEntries(new URL(request.url).searchParams));
  if (!success) {
    throw new ParleyError('malformed_message', 'after is part of an agent_id, limit a whole number from 1 to 500.');
  }
  const { after, limit } = output;
  const size = Math.min(limit, longestPage);
  const found = await store.agents(after, size + 1);
  const records = found.slice(0, size);
  const next = found.length > size ? records.at(-1)?.agentId : undefined;
  const etag = await etagOf({ agents: records.map(listed), next });
  if (hasTag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers: { etag } });
  const agents = await Promise.all(records.map((record) => directoryEntry(record, presence)));
  return Response.json({ agents, ...(next === undefined ? {} : { next }) }, { headers: { etag } });
}

/** Returns an agent as the directory shows it (protocol page, section 6). */
export async function directoryEntry(record: AgentRecord, presence: Presence) {
  return { ...listed(record), online: record.revoked === undefined && (await presence(record)) };
}

/** Returns a pair of certificates as it is sent: base64 DER each. */
export function wirePair({ certificates }: AgentRecord) {
  return { signing: encodeBase64(certificates.signing), encryption: encodeBase64(certificates.encryption) };
}

function listed(record: AgentRecord) {
  return {
    agent_id: record.agentId,
    address: record.address,
    certificate: wirePair(record),
    status: record.revoked === undefined ? 'active' : 'revoked',
  };
}

async function etagOf(list: object): Promise<string> {
  const hash = await sha256(crypto.subtle, new TextEncoder().encode(JSON.stringify(list)));
  return `"${encodeBase64(hash.subarray(0, 18))}"`;
}

/** True when an If-None-Match header names `etag` (RFC 9110, section 13.1.2: the weak comparison). */
function hasTag(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
