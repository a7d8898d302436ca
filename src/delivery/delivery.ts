import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { emptyCall, keyPackagesCall, readCall, tokenCall } from '../group/wire/delivery-calls.ts';
import { indexText } from '../group/wire/members.ts';
import { readBody } from '../http/body.ts';
import { problemResponse } from '../http/problem-response.ts';
import { headOfEvents } from '../http/sent-events.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { JsonObject } from '../protocol/wire/json.ts';
import { type Parsed, parseMessage, parseObject } from '../protocol/wire/parse.ts';
import { shapes } from '../protocol/wire/shapes.ts';
import { append } from './append.ts';
import { callOf, type DeliveryCallName } from './call-names.ts';
import type { Caller, DeliveryContext, DeliveryLimits, KeyPackageCheck } from './context.ts';
import { inboxPage, readInbox } from './inbox.ts';
import { putKeyPackages, takeKeyPackage } from './key-packages.ts';
import { deliveryLimits } from './limits.ts';
import { entriesPage, markRead } from './log-pages.ts';
import type { NoticeStreams } from './notice-streams.ts';
import type { DeliveryNotices } from './notices.ts';
import { malformed } from './refusals.ts';
import type { AgentRegistry } from './registry.ts';
import type { DeliveryStore } from './store.ts';
import { Tending } from './tending.ts';
import { callerOf, endToken, makeToken } from './tokens.ts';
import { TurnsByAgent } from './turns-by-agent.ts';

/** Names and values of any body: three lists of 256 agent_ids have fewer. A large one costs no more than its bytes. */
const shape = { ...shapes.any, tokens: 4_096 };

/** What a call did, for counting and for a log: the agent where a token named one, and why it was refused. */
export interface DeliveryObservation {
  readonly call: DeliveryCallName;
  readonly agentId?: string;
  readonly address?: string;
  readonly refusal?: unknown;
}

/** What a delivery service is given. */
export interface DeliveryOptions {
  readonly store: DeliveryStore;
  readonly registry: AgentRegistry;
  readonly notices: DeliveryNotices;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (length: number) => Bytes;
  /** Every base URL by which agents may name this service in what they sign, without `/delivery`. */
  readonly names: () => readonly string[];
  readonly checkKeyPackage: KeyPackageCheck;
  /** True for a stored KeyPackage that whoever takes it at `now` (Unix seconds) can use; another one is not given to anybody. */
  readonly isUsable: DeliveryContext['isUsable'];
  /** Without them there is no `/delivery/events`. */
  readonly streams?: Pick<NoticeStreams, 'open' | 'look'>;
  /** Numbers in place of those of the groups page, for tests. */
  readonly limits?: Partial<DeliveryLimits>;
  readonly observe?: (observation: DeliveryObservation) => void;
}

/** The delivery service as a fetch-style application. */
export interface DeliveryApp {
  /** `address`: where the request comes from, for whoever counts. */
  fetch(request: Request, address?: string): Promise<Response>;
  /** Returns who shows a Bearer token that is alive, for what is told to agents beside the app. Throws `not_authorized`. */
  caller(request: Request): Promise<string>;
  /** Drops of every group, and of what is remembered, what has been kept long enough. Called now and then by whoever mounts the app. */
  tend(): Promise<void>;
}

interface From {
  Bindings: { readonly address: string | undefined };
  Variables: { agentId: string | undefined };
}

/** Creates the delivery service (groups page, section 4); it throws nothing: a refusal is a problem+json answer. */
export function createDelivery(options: DeliveryOptions): DeliveryApp {
  const { store, registry, notices, random, names, checkKeyPackage, isUsable, streams } = options;
  const { observe = () => undefined } = options;
  const now = () => Math.floor(options.clock() / 1000);
  const limits = { ...deliveryLimits, ...options.limits };
  const tending = new Tending({ store, now, limits });
  const tended = (groupId: string) => tending.look(groupId);
  const context: DeliveryContext = {
    ...{ store, registry, notices, random, now, names, checkKeyPackage, isUsable },
    tended,
    welcomes: new TurnsByAgent(),
    limits,
  };
  const authorized = async (c: Context<From>): Promise<Caller> => {
    const caller = await callerOf(context, bearer(c.req.raw));
    c.set('agentId', caller.agentId);
    return caller;
  };
  const small = <const Schema extends v.GenericSchema>(c: Context<From>, schema: Schema) =>
    read(c, schema, limits.body);

  const app = new Hono<From>().basePath('/delivery');
  app.use(async (c, next) => {
    await next();
    const { agentId } = c.var;
    const { address } = c.env;
    observe({
      call: callOf(c.req.method, c.req.path),
      ...(agentId === undefined ? {} : { agentId }),
      ...(address === undefined ? {} : { address }),
      ...(c.error === undefined ? {} : { refusal: c.error }),
    });
  });

  app.post('/token', async (c) => {
    const call = await small(c, tokenCall);
    const { token, expiresAt } = await makeToken(context, call);
    streams?.look(call.value.agent_id);
    return c.json({ token, expires_at: expiresAt }, 201);
  });

  app.post('/token/revoke', async (c) => {
    const caller = await authorized(c);
    await noBody(c, limits.body);
    await endToken(context, caller, bearer(c.req.raw) ?? '');
    streams?.look(caller.agentId);
    return c.json({});
  });

  app.put('/key-packages', async (c) => {
    const caller = await authorized(c);
    const { value } = await read(c, keyPackagesCall, limits.keyPackagesBody);
    return c.json({ remaining: await putKeyPackages(context, caller, value) });
  });

  app.post('/key-packages/:agent/take', async (c) => {
    const caller = await authorized(c);
    await noBody(c, limits.body);
    const { keyPackage, isLastResort } = await takeKeyPackage(context, caller, c.req.param('agent'));
    return c.json({ key_package: encodeBase64(keyPackage), last_resort: isLastResort });
  });

  app.post('/groups/:group/entries', async (c) => {
    const caller = await authorized(c);
    const body = await readObject(c, limits.entriesBody);
    const group = c.req.param('group');
    const { index, head } = await append(context, caller, group, body);
    return c.json({ index, head: encodeBase64(head) }, 201);
  });

  app.get('/groups/:group/entries', async (c) => {
    const caller = await authorized(c);
    const group = c.req.param('group');
    const from = fromOf(c);
    return c.json(await entriesPage(context, caller, group, from));
  });

  app.post('/groups/:group/read', async (c) => {
    const caller = await authorized(c);
    const { value } = await small(c, readCall);
    return c.json({ index: await markRead(context, caller, c.req.param('group'), value.index) });
  });

  app.get('/inbox', async (c) => c.json(await inboxPage(context, await authorized(c), fromOf(c))));

  app.post('/inbox/read', async (c) => {
    const caller = await authorized(c);
    const { value } = await small(c, readCall);
    await readInbox(context, caller, value.index);
    return c.json({ index: value.index });
  });

  app.get('/events', async (c) => {
    const { agentId, until } = await authorized(c);
    if (streams === undefined) throw noSuchCall();
    if (c.req.method === 'HEAD') return headOfEvents();
    const token = bearer(c.req.raw);
    const requireAlive = () => callerOf(context, token);
    return streams.open(agentId, { forMs: Math.max(0, until * 1_000 - options.clock()), requireAlive });
  });

  app.notFound(() => problemResponse(noSuchCall()));
  app.onError((error) => problemResponse(error));
  return {
    fetch: async (request, address) => {
      const response = await app.fetch(request, { address });
      response.headers.set('cache-control', 'no-store');
      return response;
    },
    caller: async (request) => (await callerOf(context, bearer(request))).agentId,
    tend: () => tending.all(),
  };
}

function noSuchCall(): ParleyError {
  return new ParleyError('not_found', 'The delivery service has no such call.');
}

async function readObject(c: Context<From>, limit: number): Promise<JsonObject> {
  return parseObject(await readBody(c.req.raw, limit), limit, shape);
}

async function read<const Schema extends v.GenericSchema>(
  c: Context<From>,
  schema: Schema,
  limit: number,
): Promise<Parsed<v.InferOutput<Schema>>> {
  return parseMessage(schema, await readObject(c, limit));
}

/** Reads the body of a call that says nothing: no bytes, or an object without members. */
async function noBody(c: Context<From>, limit: number): Promise<void> {
  const bytes = await readBody(c.req.raw, limit);
  if (bytes.length > 0) parseMessage(emptyCall, parseObject(bytes, limit, shape));
}

function fromOf(c: Context<From>): number {
  const { success, output } = v.safeParse(indexText, c.req.query('from') ?? '0');
  if (!success) throw malformed('from is an index: a whole number from 0 on.');
  return output;
}

function bearer(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}
