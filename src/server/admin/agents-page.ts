import * as v from 'valibot';
import { longestPage, usualPage } from '../../controller/directory.ts';
import type { AgentRecord, ControllerStore } from '../../controller/store.ts';
import type { AgentRow, AgentRows } from '../../http/operator-answers.ts';
import { hexPairs } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { LastSeen } from './last-seen.ts';

/** Records that one request looks through: a page of a rare kind ends early, and goes on with `next`. */
const mostLookedAt = 5_000;

const states = ['active', 'revoked', 'online', 'offline', 'expired'] as const;

const query = v.object({
  after: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9_]{0,63}$/)), ''),
  limit: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number)), String(usualPage)),
  filter: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9_]{0,63}$/)), ''),
  state: v.optional(v.picklist(states)),
});

/** What agents are read from. */
export interface AgentsDeps {
  readonly store: Pick<ControllerStore, 'agents'>;
  readonly isOnline: (agentId: string) => Promise<boolean>;
  readonly lastSeen: LastSeen;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Returns a page of agents in order of agent_id, and `next` when there may be more: at most `limit` whose agent_id holds `filter`, in
 * the state that is asked for. Throws `malformed_message`.
 */
export async function agentsPage(deps: AgentsDeps, search: Readonly<Record<string, string>>): Promise<AgentRows> {
  const { success, output } = v.safeParse(query, search);
  if (!success) {
    const detail = `after and filter are parts of an agent_id, limit is a whole number up to ${longestPage}, state is one of ${states.join(', ')}.`;
    throw new ParleyError('malformed_message', detail);
  }
  const { filter, state } = output;
  const limit = Math.min(output.limit, longestPage);
  const agents: AgentRow[] = [];
  let { after } = output;
  for (let lookedAt = 0; lookedAt < mostLookedAt; ) {
    const size = Math.min(longestPage, Math.max(limit, 100)) + 1;
    const found = await deps.store.agents(after, size);
    const isLast = found.length < size;
    for (const row of await rowsOf(
      deps,
      found.filter(({ agentId }) => agentId.includes(filter)),
    )) {
      if (!isIn(row, state, deps.now())) continue;
      if (agents.length === limit) return { agents, next: agents.at(-1)?.agent_id ?? after };
      agents.push(row);
    }
    if (isLast) return { agents };
    lookedAt += found.length;
    after = found.at(-1)?.agentId ?? after;
  }
  return { agents, next: after };
}

async function rowsOf({ lastSeen, isOnline, now }: AgentsDeps, records: readonly AgentRecord[]): Promise<AgentRow[]> {
  const seen = await lastSeen.of(records.map(({ agentId }) => agentId));
  return Promise.all(
    records.map(async ({ agentId, address, signingSpki, issued, revoked }) => {
      const online = revoked === undefined && (await isOnline(agentId));
      return {
        agent_id: agentId,
        address,
        status: revoked === undefined ? ('active' as const) : ('revoked' as const),
        online,
        last_seen: online ? now() : (seen.get(agentId) ?? null),
        key: hexPairs(await sha256(crypto.subtle, signingSpki)),
        certificate_end: issued.at(-1)?.notAfter ?? null,
        revoked_at: revoked?.at ?? null,
        reason: revoked?.reason ?? null,
      };
    }),
  );
}

function isIn({ status, online, certificate_end }: AgentRow, state: (typeof states)[number] | undefined, now: number) {
  switch (state) {
    case undefined:
      return true;
    case 'active':
    case 'revoked':
      return status === state;
    case 'online':
      return online;
    case 'offline':
      return !online && status === 'active';
    case 'expired':
      return status === 'active' && (certificate_end ?? 0) < now;
  }
}
