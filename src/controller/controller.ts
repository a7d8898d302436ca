import { type Context, Hono } from 'hono';
import type * as v from 'valibot';
import { readBody } from '../http/body.ts';
import { headOfEvents } from '../http/sent-events.ts';
import { certificatePem } from '../pki/ca-certificate.ts';
import { revocationReason } from '../pki/revocation-reason.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError, toldToOthers, toProblem } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { limits } from '../protocol/limits.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { type Parsed, parseMessage, parseObject } from '../protocol/wire/parse.ts';
import type { Applicant, Ticket } from './applicant.ts';
import { loadOrCreateAuthority } from './authority.ts';
import type { ControllerContext } from './context.ts';
import { deleteAgent } from './deletion.ts';
import { directoryEntry, directoryPage, type Presence, wirePair } from './directory.ts';
import { eventStream } from './event-stream.ts';
import type { EventHub } from './events.ts';
import { type NameLimits, standardNameLimits } from './new-names.ts';
import { type ControllerObserver, keyFingerprint } from './notices.ts';
import { type CallUnderWay, noticeOf } from './refused-calls.ts';
import { confirmBody, Registrations, registerBody } from './registration.ts';
import type { RegistrationTokens } from './registration-tokens.ts';
import { revokeAgent, revokeBody } from './revocation.ts';
import { RevocationLists } from './revocation-lists.ts';
import type { ControllerStore, StoredAuthority } from './store.ts';
import { isToken, type Token } from './tokens.ts';

/** What a Controller is given. */
export interface ControllerOptions {
  readonly store: ControllerStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (length: number) => Bytes;
  /** Where the Controller is reached, without `/controller`; its CRL's address in certificates. */
  readonly baseUrl: string;
  /** Every base URL by which agents may name this Controller in what they sign; `baseUrl` alone when undefined. */
  readonly names?: () => readonly string[];
  readonly presence: Presence;
  readonly nameLimits?: NameLimits;
  /** Without one, only agents themselves revoke. */
  readonly operatorToken?: Token;
  /** Without it, everyone may register an agent_id that nobody has; with it, whoever shows one of these as a Bearer. */
  readonly registrationTokens?: readonly Token[];
  /** Tokens that the operator made: each admits some new agents. They count beside `registrationTokens`. */
  readonly issuedTokens?: Pick<RegistrationTokens, 'wouldAdmit' | 'admit'>;
  /** Without one there is no `/controller/events`. */
  readonly events?: EventHub;
  /** When it aborts, the streams of events end. */
  readonly ended?: AbortSignal;
  /** Hears what was done and refused, for a log and for counting. */
  readonly observe?: ControllerObserver;
}

/** A fetch-style application. */
export interface FetchApp {
  /** `address`: where the request comes from, so that nobody takes the place of others; undefined where there is no such thing. */
  fetch(request: Request, address?: string): Promise<Response>;
}

/**
 * Creates the Controller (protocol page, section 6) as one fetch-style application; it throws nothing: a refusal is a
 * problem+json answer.
 */
export function createController(options: ControllerOptions): FetchApp {
  const { store, random, baseUrl, presence, operatorToken, registrationTokens, issuedTokens, events, ended } = options;
  const { observe = () => undefined } = options;
  const now = () => Math.floor(options.clock() / 1000);
  let authority: Promise<StoredAuthority> | undefined;
  const loadAuthority = () => {
    authority ??= loadOrCreateAuthority(store, now(), random).catch((error: unknown) => {
      // A storage that failed once may work the next time.
      authority = undefined;
      throw error;
    });
    return authority;
  };
  const lists = new RevocationLists({
    store,
    now,
    authority: loadAuthority,
    signed: (list, certificates) => observe({ kind: 'list signed', list, certificates }),
  });
  const { names = () => [baseUrl], nameLimits = standardNameLimits } = options;
  const context: ControllerContext = { store, random, now, baseUrl, names, authority: loadAuthority, lists };
  const registrations = new Registrations(context, nameLimits);
  const authorityOf = (c: Context<From>) => ({ shownToken: bearer(c), operatorToken });
  const begins = (c: Context<From>, call: CallUnderWay['call']) =>
    c.set('about', { call, ...(c.env.address === undefined ? {} : { address: c.env.address }) });
  const isAbout = (c: Context<From>, known: Omit<CallUnderWay, 'call' | 'address'>) =>
    c.set('about', { call: 'register', ...c.get('about'), ...known });

  const app = new Hono<From>().basePath('/controller');
  app.post('/register', async (c) => {
    begins(c, 'register');
    const body = await read(c, registerBody);
    isAbout(c, { agentId: body.value.agent_id, csr: body.value.csr });
    const { registrationId, challenge } = await registrations.start(body, {
      newcomers: await welcome(bearer(c), registrationTokens),
      address: c.env.address,
      ticket: ticketOf(bearer(c), issuedTokens),
    });
    return c.json({ registration_id: registrationId, challenge: encodeBase64(challenge) }, 201);
  });

  app.post('/register/:id/confirm', async (c) => {
    const id = c.req.param('id');
    const { address } = c.env;
    begins(c, 'confirm');
    const { value } = await read(c, confirmBody);
    const [key] = /^[0-9a-f]{32}(?=[0-9a-f]{32}$)/.exec(id) ?? [];
    if (key !== undefined) isAbout(c, { key });
    const { record, isRenewal } = await registrations.confirm(id, value, address);
    const { agentId, signingSpki } = record;
    const kind = isRenewal ? 'renewed' : 'registered';
    observe({ kind, agentId, key: await keyFingerprint(signingSpki), address });
    const { certificate } = await context.authority();
    return c.json({ certificate: wirePair(record), ca_certificate: encodeBase64(certificate) }, 201);
  });

  app.get('/ca', async (c) =>
    c.body(certificatePem((await context.authority()).certificate), 200, { 'content-type': 'application/x-pem-file' }),
  );

  app.get('/crl', async (c) => c.body(await lists.current(), 200, { 'content-type': 'application/pkix-crl' }));

  app.get('/agents', (c) => directoryPage(store, presence, c.req.raw));

  app.get('/agents/:id', async (c) => {
    const record = await store.agent(c.req.param('id'));
    if (record === undefined) throw new ParleyError('unknown_agent', 'No agent of this agent_id has registered.');
    return c.json(await directoryEntry(record, presence));
  });

  app.delete('/agents/:id', async (c) => {
    const id = c.req.param('id');
    begins(c, 'delete');
    if (isAgentId(id)) isAbout(c, { agentId: id });
    const agentId = await deleteAgent(context, id, authorityOf(c));
    observe({ kind: 'deleted', agentId, address: c.env.address });
    events?.publish({ type: 'certificate_revoked', agentId });
    return c.json({ agent_id: agentId, status: 'deleted' });
  });

  app.get('/certificates/:hash', async (c) => {
    const hash = c.req.param('hash');
    const der = /^[A-Za-z0-9_-]{43}$/.test(hash) ? await store.certificate(hash) : undefined;
    if (der === undefined) {
      throw new ParleyError('unknown_certificate', 'This Controller has issued no certificate of this SHA-256.');
    }
    return c.body(der, 200, { 'content-type': 'application/pkix-cert' });
  });

  app.post('/revoke', async (c) => {
    begins(c, 'revoke');
    const body = await read(c, revokeBody);
    const { agent_id, signature, reason } = body.value;
    isAbout(c, { agentId: agent_id });
    if (await revokeAgent(context, body, authorityOf(c))) {
      const by = signature === undefined ? 'operator' : 'agent';
      const { address } = c.env;
      observe({ kind: 'revoked', agentId: agent_id, by, reason: revocationReason(reason), address });
      events?.publish({ type: 'certificate_revoked', agentId: agent_id });
    }
    return c.json({ agent_id, status: 'revoked' });
  });

  if (events !== undefined)
    app.get('/events', (c) => (c.req.method === 'HEAD' ? headOfEvents() : eventStream(events, ended)));

  app.notFound(() => problem(new ParleyError('not_found', 'The Controller has no such call.')));
  app.onError(async (error, c) => {
    const notice = await noticeOf(error, c.get('about'));
    if (notice !== undefined) observe(notice);
    return problem(error);
  });
  return {
    fetch: async (request, address) => {
      const response = await app.fetch(request, { address });
      response.headers.set('cache-control', 'no-store');
      return response;
    },
  };
}

/** What Hono hands on with a request. */
interface From {
  Bindings: { readonly address: string | undefined };
  Variables: { about: CallUnderWay | undefined };
}

async function read<const Schema extends v.GenericSchema>(
  c: Context<From>,
  schema: Schema,
): Promise<Parsed<v.InferOutput<Schema>>> {
  const bytes = await readBody(c.req.raw, limits.handshakeBody);
  return parseMessage(schema, parseObject(bytes, limits.handshakeBody));
}

async function welcome(
  shown: string | undefined,
  tokens: readonly Token[] | undefined,
): Promise<Applicant['newcomers']> {
  if (tokens === undefined || (await isToken(shown, tokens))) return 'welcome';
  return shown === undefined ? 'without token' : 'with a wrong token';
}

function ticketOf(shown: string | undefined, issued: ControllerOptions['issuedTokens']): Ticket | undefined {
  if (shown === undefined || issued === undefined) return undefined;
  return {
    wouldAdmit: (who) => issued.wouldAdmit(shown, who),
    admit: (who) => issued.admit(shown, who),
  };
}

function bearer(c: Context<From>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

function problem(error: unknown): Response {
  const told = toldToOthers(error);
  const { retryAfter } = told;
  const answer = toProblem(told);
  return new Response(JSON.stringify(answer), {
    status: answer.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
  });
}
