import { ServerResponse } from 'node:http';
import { type Context, Hono } from 'hono';
import { problemResponse } from '../../agent/problem-response.ts';
import { readBody } from '../../http/body.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { limits as wireLimits } from '../../protocol/wire/limits.ts';
import type { Budget } from './budget.ts';
import { passingHeaders } from './passing-headers.ts';
import type { Reach, RelayedAnswer } from './relayed.ts';

/** What the relay's HTTP side works with. */
export interface RelayAppParts {
  readonly reach: Reach;
  readonly bytes: Budget;
  /** Hears how each request for an agent ended, and after how many seconds. */
  readonly relayed: (outcome: 'answered' | 'refused', seconds: number) => void;
}

/** Characters that a path may have: a frame holds so many. */
const longestPath = 1_024;
/** Milliseconds without progress after which an answer is not sent on. */
const takingMs = 30_000;

/** Gives each agent an address: `/agents/<agent_id>/agent/…`. Looks into no body. */
export function createRelayApp(parts: RelayAppParts): Hono {
  const app = new Hono();
  app.post('/agents/:id/agent/handshake', (c) => relay(parts, c, wireLimits.handshakeBody));
  app.post('/agents/:id/agent/message', (c) => relay(parts, c, wireLimits.messageBody));
  app.get('/agents/:id/agent/session/:session', (c) => relay(parts, c, 0));
  app.onError((error) => problemResponse(error));
  return app;
}

async function relay(parts: RelayAppParts, c: Context, limit: number): Promise<Response> {
  const agentId = c.req.param('id') ?? '';
  if (!isAgentId(agentId)) throw new ParleyError('unknown_agent', 'This is no agent_id.');
  const { reach, bytes, relayed } = parts;
  const { method, raw, url } = c.req;
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  if (path.length > longestPath)
    throw new ParleyError('malformed_message', 'No address of an agent is as long as this.');
  let held = 0;
  const hold = (amount: number) => {
    bytes.take(amount);
    held += amount;
  };
  const started = performance.now();
  let outcome: 'answered' | 'refused' = 'refused';
  try {
    const request = {
      method,
      path,
      headers: passingHeaders([...raw.headers]),
      body: limit === 0 ? null : await readBody(raw, limit, hold),
      signal: raw.signal,
    };
    let answer = await reach.ask(agentId, request);
    if (answer === undefined) {
      await reach.comesBack(agentId);
      answer = await reach.ask(agentId, request);
    }
    if (answer === undefined) {
      throw new ParleyError('peer_unreachable', 'This agent is not connected to its relay. Open it, then try again.');
    }
    hold(answer.body.length);
    outcome = 'answered';
    return toResponse(answer);
  } finally {
    relayed(outcome, (performance.now() - started) / 1000);
    whenSent(c, () => bytes.give(held));
  }
}

/** Calls `done` once nothing of the answer is held here any more; a client that does not take it is let go. */
function whenSent(c: Context, done: () => void): void {
  const { outgoing }: { readonly outgoing?: unknown } = c.env ?? {};
  if (!(outgoing instanceof ServerResponse) || outgoing.closed || outgoing.destroyed) {
    done();
    return;
  }
  outgoing.once('close', done);
  outgoing.setTimeout(takingMs, () => outgoing.destroy());
}

const plainData = /^application\/(problem\+)?json(; *charset=utf-8)?$/i;

function toResponse({ status, headers, body }: RelayedAnswer): Response {
  const mayHaveBody = status !== 204 && status !== 205 && status !== 304;
  const passed = new Headers(passingHeaders(headers));
  // An agent's answers stand on the origin of the app: none may be a page or a script.
  if (!plainData.test(passed.get('content-type') ?? '')) passed.set('content-type', 'application/octet-stream');
  return new Response(mayHaveBody ? body : null, { status, headers: passed });
}
