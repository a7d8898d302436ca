import { type Context, Hono } from 'hono';
import { readBody } from '../../agent/http-body.ts';
import { problemResponse } from '../../agent/problem-response.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { limits as wireLimits } from '../../protocol/wire/limits.ts';
import { crossOrigin } from '../cross-origin.ts';
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

/** Gives each agent an address: `/agents/<agent_id>/agent/…`. Looks into no body. */
export function createRelayApp(parts: RelayAppParts): Hono {
  const app = new Hono();
  app.use('/agents/*', crossOrigin);
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
  const started = performance.now();
  let outcome: 'answered' | 'refused' = 'refused';
  const announced = Number(c.req.header('content-length') ?? limit);
  const held = Number.isFinite(announced) ? Math.min(announced, limit) : limit;
  bytes.take(held);
  try {
    const { method, raw, url } = c.req;
    const { pathname, search } = new URL(url);
    const request = {
      method,
      path: pathname + search,
      headers: passingHeaders([...raw.headers]),
      body: limit === 0 ? null : await readBody(raw, limit),
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
    outcome = 'answered';
    return toResponse(answer);
  } finally {
    relayed(outcome, (performance.now() - started) / 1000);
    bytes.give(held);
  }
}

function toResponse({ status, headers, body }: RelayedAnswer): Response {
  const mayHaveBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(mayHaveBody ? body : null, { status, headers: passingHeaders(headers) });
}
