import { ParleyError } from '../protocol/errors.ts';

/** The limits by which a server refuses, as its log and its metrics name them, and what each one counts. */
export const limitNames = {
  requests_per_second: 'requests of one address in a second (`--rate-limit`)',
  names_per_second: 'names that one address reads from the directory in a second',
  new_agents_per_hour: 'new agents of one address in an hour (`--new-agents-per-hour`)',
  names_per_key: 'agent_ids of one signing key (`--names-per-key`)',
  agents: 'agents of the Controller: 100,000',
  renewals: 'certificates of one agent, or of all, that the revocation list names because they were renewed',
  wrong_operator_tokens: 'wrong operator tokens of one address in a minute: 20',
  event_streams: 'streams of events (`--event-streams`)',
  event_streams_per_address: 'streams of events to one address (`--event-streams-per-address`)',
  event_streams_per_agent: 'streams of notices of one agent: 4',
  connections: 'connected agents, or connections that have proved nothing yet, and the share of one address in them',
  requests_to_agent: 'messages under way to one agent (`--requests-per-agent`)',
  handshakes_to_agent: 'handshakes under way to one agent (`--handshakes-per-agent`)',
  unread_by_agent: 'bytes that one agent has not read yet: 64 MiB',
  relay_memory: 'bytes of bodies and answers under way (`--relay-memory`)',
  unfinished_frames: 'bytes of WebSocket frames that are not complete yet',
  body_bytes: 'bytes of one body',
  delivery_rate: 'new groups, commits and KeyPackages taken of one agent in an hour',
  delivery_quota: 'bytes that one agent has left for others, bytes of one group, and groups that one agent has made',
  agent_elsewhere: 'what another server of the group refused',
} as const;

/** A limit by which a server refuses. */
export type LimitName = keyof typeof limitNames;

/** The refusal of something because a limit was reached; `limit` is for this server's operator and is told to nobody else. */
export class LimitReached extends ParleyError {
  readonly limit: LimitName;

  constructor(
    limit: LimitName,
    detail: string,
    {
      code = 'rate_limited',
      retryAfter,
    }: {
      readonly code?: 'rate_limited' | 'not_permitted' | 'message_too_large' | 'mailbox_full';
      readonly retryAfter?: number;
    } = {},
  ) {
    super(code, detail, retryAfter === undefined ? {} : { retryAfter });
    this.limit = limit;
  }
}
