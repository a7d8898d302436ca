import { type Context, Hono } from 'hono';
import { LimitReached } from '../../http/limit-reached.ts';
import { isOwnFailure } from '../../http/own-failure.ts';
import { problemResponse } from '../../http/problem-response.ts';
import { addressOf } from '../../http/server/client-address.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import type { SessionId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import { envelopeTypes, formOfType } from '../../protocol/wire/envelope-form.ts';
import { type AgentRouter, isHandshake, type RelayedAnswer, type RelayedRequest } from './agent-router.ts';
import { readWithin, requireAllowed, sendWithin } from './bodies.ts';
import { sessionPath } from './body-check.ts';
import type { Budget } from './budget.ts';
import { passingHeaders } from './passing-headers.ts';

/** How a request for an agent ended: `unreachable` where the agent is not connected or has not answered in time. */
type RelayOutcome = 'answered' | 'unreachable' | 'limited' | 'refused' | 'failed';

/** What the relay's HTTP side works with. */
export interface RelayAppDeps {
  readonly reach: AgentRouter;
  readonly bytes: Budget;
  readonly trustProxy: TrustedProxies;
  /** True when there is room for another connection from an address. */
  takesLines(address: string): boolean;
  /** Hears how each request for an agent ended, and after how many seconds. */
  readonly relayed: (outcome: RelayOutcome, seconds: number) => void;
  /** Hears what ended a request for an agent, and the address that it came from. */
  readonly failed: (error: Error, address: string) => void;
}

/** Characters that a path may have: a frame holds so many. */
const longestPath = 1_024;

/** Gives each agent an address: `/agents/<agent_id>/agent/…`. Of a body it looks at the shape and the session_id alone. */
export function createRelayApp(deps: RelayAppDeps): Hono {
  const app = new Hono();
  app.post('/agents/:id/agent/handshake', (c) => relay(deps, c, wireLimits.handshakeBody));
  app.post('/agents/:id/agent/message', (c) => relay(deps, c, wireLimits.messageBody));
  app.get('/agents/:id/agent/session/:session', (c) => relay(deps, c, 0));
  // An upgrade that has lost its header on the way arrives here; so does an agent that looks for the reason.
  app.get('/relay/connect', (c) => {
    const isTaken = deps.takesLines(addressOf(c, deps.trustProxy));
    return c.text('Agents connect here by WebSocket.', isTaken ? 426 : 503, { upgrade: 'websocket' });
  });
  app.onError((error, c) => {
    deps.failed(error, addressOf(c, deps.trustProxy));
    return problemResponse(error);
  });
  return app;
}

async function relay(deps: RelayAppDeps, c: Context, limit: number): Promise<Response> {
  const agentId = c.req.param('id') ?? '';
  if (!isAgentId(agentId)) throw new ParleyError('unknown_agent', 'This is no agent_id.');
  const { method, raw, url } = c.req;
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  if (path.length > longestPath)
    throw new ParleyError('malformed_message', 'No address of an agent is as long as this.');
  requireAllowed(c.req.header('content-length'), limit);
  const started = performance.now();
  let outcome: RelayOutcome = 'failed';
  const address = addressOf(c, deps.trustProxy);
  const hold = deps.bytes.hold({ agentId, address, isHandshake: isHandshake({ path }) });
  const hasSession = async (sessionId: SessionId) => {
    const question = {
      method: 'GET',
      path: sessionPath(pathname, sessionId),
      headers: [],
      body: null,
      address,
      signal: raw.signal,
    };
    return (await ask(deps.reach, agentId, question)).status !== 404;
  };
  try {
    await requireReachable(deps.reach, agentId);
    const body = limit === 0 ? null : await readWithin(hold, c, limit, hasSession);
    const headers = passingHeaders([...raw.headers]);
    const answer = await ask(deps.reach, agentId, { method, path, headers, body, address, hold, signal: raw.signal });
    hold.atLeast((body?.length ?? 0) + answer.body.length);
    outcome = 'answered';
    return sendWithin(hold, c, toResponse(answer), answer.body);
  } catch (error) {
    hold.end();
    outcome = outcomeOf(error);
    throw error;
  } finally {
    deps.relayed(outcome, (performance.now() - started) / 1000);
  }
}

function outcomeOf(error: unknown): RelayOutcome {
  if (isOwnFailure(error)) return 'failed';
  if (error instanceof LimitReached) return 'limited';
  return error instanceof ParleyError && error.code === 'peer_unreachable' ? 'unreachable' : 'refused';
}

/** Looks whether the agent is there, before anything of a body is read. */
async function requireReachable(reach: AgentRouter, agentId: string): Promise<void> {
  if (reach.mightReach(agentId)) return;
  await reach.comesBack(agentId);
  if (!reach.mightReach(agentId)) throw notConnected(agentId);
}

async function ask(reach: AgentRouter, agentId: string, request: RelayedRequest): Promise<RelayedAnswer> {
  const answer = await reach.ask(agentId, request);
  if (answer !== undefined) return answer;
  await reach.comesBack(agentId);
  const again = await reach.ask(agentId, request);
  if (again === undefined) throw notConnected(agentId);
  return again;
}

/** Says whose connection it is: the sender, who reads it, has one. */
function notConnected(agentId: string): ParleyError {
  const detail = `${agentId} is not connected to its relay: it is closed, or has no network. Nothing was delivered. Ask whoever runs it to open it, then send again.`;
  return new ParleyError('peer_unreachable', detail);
}

const plainData = /^application\/(problem\+)?json(; *charset=utf-8)?$/i;

/** Returns the answer's status and headers. */
function toResponse({ status, headers }: RelayedAnswer): ResponseInit {
  const passed = new Headers(passingHeaders(headers));
  passed.set('content-type', harmlessType(passed.get('content-type') ?? ''));
  return { status, headers: passed };
}

/** Returns the type that an answer goes on with: an agent's answers stand on the origin of the app, and none may be a page or a script. */
function harmlessType(type: string): string {
  if (formOfType(type) === 'binary') return envelopeTypes.binary;
  return plainData.test(type) ? type : 'application/octet-stream';
}
