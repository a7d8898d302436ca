import * as v from 'valibot';

const time = v.number();

/** An agent as its operator sees it. Times are in Unix seconds. */
const agentRow = v.object({
  agent_id: v.string(),
  address: v.string(),
  status: v.picklist(['active', 'revoked']),
  online: v.boolean(),
  /** When it was connected to a relay of this installation last; null when it never was. */
  last_seen: v.nullable(time),
  /** SHA-256 of the signing key (SPKI DER), as agents show it. */
  key: v.string(),
  /** When its newest certificates end. */
  certificate_end: v.nullable(time),
  revoked_at: v.nullable(time),
  reason: v.nullable(v.string()),
});
export type AgentRow = v.InferOutput<typeof agentRow>;

/** A page of agents; `next` when there may be more. */
export const agentRows = v.object({ agents: v.array(agentRow), next: v.optional(v.string()) });
export type AgentRows = v.InferOutput<typeof agentRows>;

/** A registration token, without its secret. */
export const tokenRow = v.object({
  id: v.string(),
  name: v.string(),
  made_at: time,
  expires_at: v.nullable(time),
  uses: v.nullable(v.number()),
  used: v.number(),
  usable: v.boolean(),
});
export type TokenRow = v.InferOutput<typeof tokenRow>;
export const tokenRows = v.object({ tokens: v.array(tokenRow) });

/** A registration token that was just made, with its secret: nobody can show it again. */
export const madeToken = v.object({ ...tokenRow.entries, token: v.string() });
export type MadeTokenRow = v.InferOutput<typeof madeToken>;

/** How a server is. */
export const serverStatus = v.object({
  version: v.string(),
  node: v.string(),
  url: v.string(),
  started_at: time,
  uptime_seconds: v.number(),
  registration: v.picklist(['open', 'token']),
  agents: v.object({ registered: v.number(), connected: v.number() }),
  revocation_list: v.nullable(v.object({ number: v.number(), age_seconds: v.number(), next_update: time })),
  store: v.object({ kind: v.picklist(['sqlite', 'nats']), bytes: v.nullable(v.number()) }),
  ca: v.nullable(v.object({ fingerprint: v.string(), not_after: time })),
  limits: v.array(v.object({ name: v.string(), used: v.number(), most: v.number(), under_pressure: v.boolean() })),
});
export type ServerStatus = v.InferOutput<typeof serverStatus>;

/** What a refusal says (RFC 9457). */
export const operatorProblem = v.object({ code: v.string(), detail: v.string() });
