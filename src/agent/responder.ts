import { Hono } from 'hono';
import { certificateUntrusted } from '../pki/verifier.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { unixSeconds } from '../protocol/environment.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { Steps } from '../protocol/handshake/checks.ts';
import type { HandshakeContext } from '../protocol/handshake/context.ts';
import type { OwnIdentity } from '../protocol/handshake/identity.ts';
import { type ReceivedHandshake, readHandshake } from '../protocol/handshake/received.ts';
import { handleClientConfirm, handleClientHello } from '../protocol/handshake/responder.ts';
import { receiveEncryptedMessage } from '../protocol/session/exchange.ts';
import { type Observer, unobserved } from '../protocol/trace.ts';
import { limits } from '../protocol/wire/limits.ts';
import type { AgentHandshakeMemory } from './handshake-memory.ts';
import type { Inbox } from './inbox.ts';
import { problemResponse } from './problem-response.ts';
import { failureView, type Records } from './records.ts';
import type { Revocations } from './revocations.ts';
import type { SessionTable } from './session-table.ts';
import type { VerifiedPeers } from './verified-peers.ts';
import type { Correspondence, WireLog } from './wire-log.ts';

/** What the endpoints work with. */
export interface ResponderParts {
  readonly identity: OwnIdentity;
  readonly address: string;
  readonly inbox: Inbox;
  readonly records: Records;
  readonly revocations: Revocations;
  readonly sessions: SessionTable;
  readonly memory: AgentHandshakeMemory;
  readonly wireLog: WireLog;
  readonly verified: VerifiedPeers;
  /** The handshake's context for one observer. */
  context(observe: Observer): HandshakeContext;
}

/** The agent's endpoints (protocol page, sections 3 and 4) as one fetch-style application. */
export function createAgentApp(parts: ResponderParts): { fetch(request: Request): Promise<Response> } {
  const app = new Hono().basePath(new URL(parts.address).pathname);
  const { wireLog, sessions, records } = parts;

  app.post('/agent/handshake', (c) =>
    wireLog.serve(c.req.raw, limits.handshakeBody, async (bytes, know) => {
      try {
        return json(await answerHandshake(parts, bytes, know));
      } catch (error) {
        return problemResponse(asToldToPeer(error));
      }
    }),
  );

  app.post('/agent/message', (c) =>
    wireLog.serve(c.req.raw, limits.messageBody, async (bytes, know) => {
      try {
        return json(await answerMessage(parts, bytes, know));
      } catch (error) {
        return problemResponse(asToldToPeer(error));
      }
    }),
  );

  app.get('/agent/session/:id', (c) => {
    sessions.alive();
    const session = records.session(c.req.param('id'));
    if (session === undefined || session.status === 'FAILED') {
      throw new ParleyError('unknown_session', 'This agent has no such session.');
    }
    const { sessionId, status, createdAt, expiresAt } = session;
    return json(
      encoder.encode(JSON.stringify({ session_id: sessionId, status, created_at: createdAt, expires_at: expiresAt })),
    );
  });

  app.notFound(() =>
    problemResponse(
      new ParleyError(
        'not_found',
        'An agent answers at /agent/handshake, /agent/message and /agent/session/<session_id>.',
      ),
    ),
  );
  app.onError((error) => problemResponse(error));
  return { fetch: async (request) => app.fetch(request) };
}

/** A changed key is the person's matter alone; to the peer, the certificate is one that is not trusted. */
function asToldToPeer(error: unknown): unknown {
  return error instanceof ParleyError && error.code === 'peer_key_changed' ? certificateUntrusted() : error;
}

const encoder = new TextEncoder();

function json(body: Bytes): Response {
  return new Response(body, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
}

type Know = (who: Correspondence) => void;

async function answerHandshake(parts: ResponderParts, bytes: Bytes, know: Know): Promise<Bytes> {
  const received = readHandshake(bytes);
  return received.messageType === 'CLIENT_HELLO'
    ? answerHello(parts, received, know)
    : answerConfirm(parts, received, know);
}

async function answerHello(parts: ResponderParts, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  const { records, sessions, revocations } = parts;
  const { sessionId } = received;
  // A hello that reuses a known id must not write into that session's record.
  const isNew = records.session(sessionId) === undefined;
  const observe: Observer = isNew ? (event) => records.trace(sessionId, event) : unobserved;
  const context = parts.context(observe);
  const claimed = typeof received.json.sender_id === 'string' ? received.json.sender_id.slice(0, 63) : '';
  know({ peerId: claimed, sessionId });
  const steps = new Steps(context.environment, observe, 'CLIENT_HELLO');
  await steps.operation('fetch_revocation_list', () => revocations.refresh());
  const createdAt = unixSeconds(context.environment);
  const startedAt = context.environment.monotonic();
  const view = {
    sessionId,
    peerId: claimed,
    peerAddress: '',
    role: 'server',
    createdAt,
    expiresAt: createdAt + limits.halfOpen,
    sent: 0,
    received: 0,
    unreachable: false,
  } as const;
  try {
    const { state, body } = await handleClientHello(context, parts.identity, received);
    records.putSession({
      ...view,
      peerId: state.peer.agentId,
      peerAddress: state.peer.address,
      status: 'HANDSHAKING',
    });
    sessions.holdOpen({ state, startedAt });
    parts.memory.settle(sessionId);
    return body;
  } catch (cause) {
    const error = asParleyError(cause);
    observe({ kind: 'failed', at: context.environment.monotonic(), code: error.code, detail: error.detail });
    if (isNew) records.putSession({ ...view, status: 'FAILED', failure: failureView(error) });
    throw error;
  }
}

async function answerConfirm(parts: ResponderParts, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  const { records, sessions } = parts;
  const { sessionId } = received;
  const waiting = sessions.takeHalfOpen(sessionId);
  if (waiting === undefined) {
    if (records.session(sessionId) !== undefined) {
      throw new ParleyError('session_conflict', 'This handshake is over. Start a new one.');
    }
    throw new ParleyError('unknown_session', 'No handshake of this id waits here. Start a new one.');
  }
  const { state, startedAt } = waiting;
  know({ peerId: state.peer.agentId, sessionId });
  const context = parts.context((event) => records.trace(sessionId, event));
  try {
    const { state: established, body } = await handleClientConfirm(context, state, received);
    // The person may have marked another key meanwhile.
    await parts.verified.requireUnchanged(established.peer);
    const session = sessions.establish(established);
    records.updateSession(sessionId, {
      status: 'ESTABLISHED',
      createdAt: session.createdAt,
      expiresAt: session.expiresAt,
      handshakeMs: context.environment.monotonic() - startedAt,
      keyFingerprint: session.keyFingerprint,
    });
    return body;
  } catch (cause) {
    const error = asParleyError(cause);
    const { environment } = context;
    context.observe({ kind: 'failed', at: environment.monotonic(), code: error.code, detail: error.detail });
    records.updateSession(sessionId, { status: 'FAILED', failure: failureView(error) });
    throw error;
  } finally {
    sessions.confirmed(sessionId);
  }
}

async function answerMessage(parts: ResponderParts, bytes: Bytes, know: Know): Promise<Bytes> {
  const { records, sessions, inbox, verified } = parts;
  let sessionId: string | undefined;
  const context = parts.context((event) => {
    if (sessionId !== undefined) records.trace(sessionId, event);
  });
  const { session, message, body } = await receiveEncryptedMessage(
    context,
    bytes,
    (id) => {
      const found = sessions.find(id);
      sessionId = found.id;
      know({ peerId: found.peer.agentId, sessionId: found.id });
      verified.requireDecided(found.peer.agentId);
      return found;
    },
    async (from, payload) => {
      know({ peerId: from.peer.agentId, sessionId: from.id, requestId: payload.request_id });
      const view = records.session(from.id);
      if (view !== undefined) records.updateSession(from.id, { received: view.received + 1, unreachable: false });
      const response = await inbox.handle(from, payload);
      // A person may have taken a minute to answer.
      verified.requireDecided(from.peer.agentId);
      return response;
    },
  );
  const view = records.session(session.id);
  if (view !== undefined) records.updateSession(session.id, { sent: view.sent + 1 });
  if (message.message_type === 'CLOSE') sessions.end(session, 'CLOSED');
  if (message.message_type === 'KEY_UPDATE') {
    sessions.renewed(session);
    // The peer was told that this side's update stands: one that waits for its repetition is repeated now.
    if (session.updates.own !== undefined && session.updates.underWay === undefined) {
      session.updates.retry?.().catch(() => undefined);
    }
  }
  return body;
}
