import { type Context, Hono, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { isUsable, type RegistrationTokens } from '../../controller/registration-tokens.ts';
import type { StoredToken } from '../../controller/store.ts';
import { isToken, type Token } from '../../controller/tokens.ts';
import { LimitReached } from '../../http/limit-reached.ts';
import type { TokenRow } from '../../http/operator-answers.ts';
import { problemResponse } from '../../http/problem-response.ts';
import { readIncoming } from '../../http/server/incoming-body.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { parseJson } from '../../protocol/wire/json.ts';
import { FixedWindow } from '../limits/fixed-window.ts';
import { type AgentsDeps, agentsPage } from './agents-page.ts';
import { type StatusDeps, serverStatus } from './server-status.ts';

/** Bytes of a body. */
const bodyLimit = 4_096;
/** Wrong tokens that one address may show in a minute. */
const wrongTokens = 20;
const windowMs = 60_000;

const wish = v.strictObject({
  name: v.string(),
  expires_in: v.optional(v.number()),
  uses: v.optional(v.number()),
});

/** What the operator's calls work with. */
export interface OperatorDeps {
  readonly operatorToken: Token;
  readonly agents: AgentsDeps;
  readonly status: StatusDeps;
  readonly tokens: RegistrationTokens;
  /** Unix seconds. */
  readonly now: () => number;
  /** Returns where a request comes from. */
  readonly addressOf: (c: Context) => string;
  /** Hears from where a wrong token was shown, or none. */
  readonly refused: (address: string) => void;
  /** Hears what the operator has done. */
  readonly audit: (
    event: 'token_made' | 'token_revoked' | 'token_rotated',
    facts: Readonly<Record<string, string | number | undefined>>,
  ) => void;
}

/** Creates the app of the operator's calls: `/operator/*`, each with the operator's token as a Bearer. It is no part of the protocol. */
export function createOperatorApp(deps: OperatorDeps): Hono {
  const { tokens, now, audit, addressOf } = deps;
  const app = new Hono().basePath('/operator');
  app.use(requireOperator(deps));
  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });
  app.get('/status', async (c) => c.json(await serverStatus(deps.status)));
  app.get('/agents', async (c) => c.json(await agentsPage(deps.agents, c.req.query())));
  app.get('/tokens', async (c) => c.json({ tokens: (await tokens.all()).map((token) => tokenRow(token, now())) }));
  app.post('/tokens', async (c) => {
    const text = await readIncoming(c, bodyLimit, async () => 'keep');
    const body = v.safeParse(wish, parseJson(text, bodyLimit));
    if (!body.success)
      throw new ParleyError('malformed_message', 'A token is made of name, expires_in (seconds) and uses.');
    const { name, expires_in: lifetime, uses } = body.output;
    const { token, stored } = await tokens.make({ name, lifetime, uses });
    audit('token_made', { id: stored.id, name, address: addressOf(c) });
    return c.json({ ...tokenRow(stored, now()), token }, 201);
  });
  app.delete('/tokens/:id', async (c) => {
    const stored = await tokens.revoke(c.req.param('id'));
    audit('token_revoked', { id: stored.id, name: stored.name, address: addressOf(c) });
    return c.json(tokenRow(stored, now()));
  });
  app.post('/tokens/:id/rotate', async (c) => {
    const { token, stored } = await tokens.rotate(c.req.param('id'));
    audit('token_rotated', { id: stored.id, name: stored.name, address: addressOf(c) });
    return c.json({ ...tokenRow(stored, now()), token });
  });
  app.notFound(() => problemResponse(new ParleyError('not_found', 'The operator has no such call.')));
  return app;
}

/**
 * Lets nobody through without the operator's token. An address that shows many wrong ones is told to wait a minute; the right one
 * always passes, or whoever shares the operator's address could keep them from revoking.
 */
function requireOperator({ operatorToken, addressOf, refused }: OperatorDeps): MiddlewareHandler {
  const wrong = new FixedWindow(wrongTokens, windowMs);
  return async (c, next) => {
    const shown = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (await isToken(shown, [operatorToken])) return next();
    const address = addressOf(c);
    if (!wrong.spend(address, 1, performance.now())) {
      const detail = 'This address has shown too many wrong tokens. Nothing was done. Try again in a minute.';
      throw new LimitReached('wrong_operator_tokens', detail, { retryAfter: windowMs / 1_000 });
    }
    refused(address);
    throw new ParleyError('not_authorized', 'This is not the operator’s token. Nothing was done.');
  };
}

/** Returns a token as the operator sees it: without its hash. */
function tokenRow(stored: StoredToken, now: number): TokenRow {
  const { id, name, madeAt, expiresAt, uses, used } = stored;
  return {
    id,
    name,
    made_at: madeAt,
    expires_at: expiresAt ?? null,
    uses: uses ?? null,
    used,
    usable: isUsable(stored, now),
  };
}
