import type { Context, Hono } from 'hono';
import { standardNameLimits } from '../../controller/new-names.ts';
import { mostTokens, type RegistrationTokens } from '../../controller/registration-tokens.ts';
import type { Token } from '../../controller/tokens.ts';
import type { Budget } from '../../relay/server/budget.ts';
import type { RelayLimits } from '../../relay/server/limits.ts';
import type { Backing } from '../backing/backing.ts';
import type { EventStreams } from '../limits/event-streams.ts';
import type { LastSeen } from './last-seen.ts';
import { createOperatorApp, type OperatorDeps } from './operator-app.ts';
import type { StatusDeps } from './server-status.ts';

/** The parts of a running server that its operator sees. */
export interface OperatedServer extends Pick<StatusDeps, 'url' | 'registration' | 'ca' | 'now'> {
  readonly operatorToken: Token;
  readonly backing: Backing;
  readonly lastSeen: LastSeen;
  readonly tokens: RegistrationTokens;
  readonly relayLimits: RelayLimits;
  readonly bytes: Pick<Budget, 'used'>;
  readonly streams: Pick<EventStreams, 'size'>;
  /** Streams of events at most. */
  readonly mostStreams: number;
  readonly addressOf: (c: Context) => string;
  readonly audit: OperatorDeps['audit'];
  readonly refused: OperatorDeps['refused'];
}

/** Creates the operator's calls of a running server. */
export function openOperator(server: OperatedServer): Hono {
  const { backing, lastSeen, tokens, relayLimits, bytes, streams, mostStreams, now, operatorToken } = server;
  const { store, reach, lines } = backing;
  const agents = () => store.countAgents();
  return createOperatorApp({
    operatorToken,
    tokens,
    now,
    addressOf: server.addressOf,
    audit: server.audit,
    refused: server.refused,
    agents: { store, isOnline: (agentId) => reach.isOnline(agentId), lastSeen, now },
    status: {
      url: server.url,
      registration: server.registration,
      ca: server.ca,
      now,
      startedAt: now(),
      agents,
      store: backing.kind,
      connected: () => lines.size,
      list: () => store.loadList(),
      storeBytes: () => backing.storedBytes(),
      limits: async () => [
        { name: 'agents', used: await agents(), most: standardNameLimits.total },
        { name: 'connected_agents', used: lines.size, most: relayLimits.agents },
        { name: 'relay_memory', used: bytes.used, most: relayLimits.bytesUnderWay },
        { name: 'event_streams', used: streams.size, most: mostStreams },
        { name: 'registration_tokens', used: (await tokens.all()).length, most: mostTokens },
      ],
    },
  });
}
