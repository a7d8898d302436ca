import { Hono } from 'hono';
import { problemResponse } from '../../http/problem-response.ts';
import { certificateUntrusted } from '../../pki/verifier.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { handleClientConfirm, handleClientHello } from '../../protocol/handshake/full/responder.ts';
import type { OwnIdentity } from '../../protocol/handshake/identity.ts';
import { type ReceivedHandshake, readHandshake } from '../../protocol/handshake/received.ts';
import type { ResumptionContext } from '../../protocol/handshake/resumption/record.ts';
import { handleResumeHello } from '../../protocol/handshake/resumption/responder.ts';
import { limits } from '../../protocol/limits.ts';
import type { Observer, TraceEvent } from '../../protocol/trace/events.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import { envelopeTypes, type MessageBody } from '../../protocol/wire/envelope-form.ts';
import { clientConfirm } from '../../protocol/wire/handshake-messages.ts';
import { parseMessage } from '../../protocol/wire/parse.ts';
import { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import { failureView } from '../contracts/failures.ts';
import type { SessionView } from '../contracts/views.ts';
import type { WaitingHandshake } from '../sessions/half-open-handshakes.ts';
import type { AgentHandshakeMemory } from '../sessions/handshake-memory.ts';
import { type SettlingDeps, settleSession } from '../sessions/settle-session.ts';
import type { WireLog } from '../state/wire-log.ts';
import { answerMessage, type MessageEndpointDeps } from './answer-message.ts';
import type { Know, Learned } from './learned.ts';

/** What the endpoints work with. */
export interface ResponderDeps extends SettlingDeps, MessageEndpointDeps {
  readonly identity: OwnIdentity;
  readonly address: string;
  readonly memory: AgentHandshakeMemory;
  readonly wireLog: WireLog;
  /** Returns the handshake's context for one observer. */
  context(observe: Observer): ResumptionContext;
  /** Returns the same for a resumption, which goes on with a superseded certificate (protocol page, section 5). */
  resumptionContext(observe: Observer): ResumptionContext;
}

/**
 * Creates the agent's endpoints (protocol page, sections 3 to 5) as one fetch-style application; it throws nothing: a
 * refusal is a problem+json answer.
 */
export function createAgentApp(deps: ResponderDeps): { fetch(request: Request): Promise<Response> } {
  const app = new Hono().basePath(new URL(deps.address).pathname);
  const { wireLog, sessions, activity } = deps;

  /** Answers what is posted to one path; a refusal is told to the peer and kept in the trail. */
  const serve = (
    of: 'handshake' | 'message',
    limit: number,
    answer: (deps: ResponderDeps, body: MessageBody, know: Know) => Promise<MessageBody>,
  ) => {
    app.post(`/agent/${of}`, (c) =>
      wireLog.serve(c.req.raw, limit, async (body, know) => {
        let learned: Learned = { peerId: '', sessionId: '' };
        const learn: Know = (who) => {
          learned = who;
          const { notes: _, ...correspondence } = who;
          know(correspondence);
        };
        try {
          const { form, bytes } = await answer(deps, body, learn);
          return answered(bytes, envelopeTypes[form]);
        } catch (cause) {
          const { sessionId, peerId: senderId, notes } = learned;
          deps.audit.refused({ of, body: body.bytes, error: asParleyError(cause), sessionId, senderId, notes });
          return problemResponse(asToldToPeer(cause));
        }
      }),
    );
  };
  serve('handshake', limits.handshakeBody, answerHandshake);
  serve('message', limits.messageBody, answerMessage);

  app.get('/agent/session/:id', (c) => {
    sessions.alive();
    const session = activity.session(c.req.param('id'));
    if (session === undefined || session.status === 'FAILED') {
      throw new ParleyError('unknown_session', 'The agent that was asked has no such session.');
    }
    const { sessionId, status, createdAt, expiresAt } = session;
    return answered(
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

/**
 * Returns the error that the peer is told: a changed key is the person's matter alone, and to the peer the
 * certificate is not trusted.
 */
function asToldToPeer(error: unknown): unknown {
  return error instanceof ParleyError && error.code === 'peer_key_changed' ? certificateUntrusted() : error;
}

const encoder = new TextEncoder();

function answered(body: Bytes, type: string = envelopeTypes.json): Response {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  return new Response(body, { headers });
}

/** Answers a message of a handshake or a resumption: JSON, whatever its content-type says. */
async function answerHandshake(deps: ResponderDeps, { bytes }: MessageBody, know: Know): Promise<MessageBody> {
  return { form: 'json', bytes: await answerToHandshake(deps, readHandshake(bytes), know) };
}

function answerToHandshake(deps: ResponderDeps, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  switch (received.messageType) {
    case 'CLIENT_HELLO':
      return answerHello(deps, received, know);
    case 'CLIENT_CONFIRM':
      return answerConfirm(deps, received, know);
    case 'RESUME_HELLO':
      return answerResumption(deps, received, know);
  }
}

async function answerHello(deps: ResponderDeps, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  const { activity, sessions } = deps;
  const { sessionId } = received;
  return answerFirst(deps, received, know, async (context, view, begun) => {
    const { state, body } = await handleClientHello(context, deps.identity, received);
    const { agentId: peerId, address: peerAddress } = state.peer;
    activity.putSession({ ...view, peerId, peerAddress, status: 'HANDSHAKING' });
    sessions.halfOpen.hold({ state, ...begun });
    deps.memory.settle(sessionId);
    return body;
  });
}

async function answerResumption(deps: ResponderDeps, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  const { verified } = deps;
  return answerFirst(deps, received, know, async (context, view, { startedAt, notes }) => {
    const resuming = deps.resumptionContext(context.observe);
    const { state, body } = await handleResumeHello(resuming, deps.identity, received);
    const { established, record } = state;
    // The person may have marked another key meanwhile.
    await verified.requireUnchanged(established.peer);
    const resumes = record.sessionId;
    const handshakeMs = context.environment.monotonic() - startedAt;
    const resumed = { ...view, peerAddress: established.peer.address, resumes, handshakeMs };
    await settleSession(deps, established, resumed, notes);
    deps.memory.settle(received.sessionId);
    return body;
  });
}

type FirstView = Omit<SessionView, 'status'>;
/** When a handshake began on the monotonic clock, and what was noted of it. */
type Begun = Omit<WaitingHandshake, 'state'>;

/** Answers the first message of a new session, recorded under its id unless that is known already. */
async function answerFirst(
  deps: ResponderDeps,
  { sessionId, json, messageType }: ReceivedHandshake,
  know: Know,
  handle: (context: ResumptionContext, view: FirstView, begun: Begun) => Promise<Bytes>,
): Promise<Bytes> {
  const { activity, watch } = deps;
  // A hello that reuses a known id must not write into that session's record.
  const isNew = activity.session(sessionId) === undefined;
  const notes = new HandshakeNotes();
  const observe: Observer = (event) => {
    notes.note(event);
    if (isNew) activity.trace(sessionId, event);
  };
  const context = deps.context(observe);
  const { environment } = context;
  const claimed = typeof json.sender_id === 'string' ? cutText(json.sender_id, 63) : '';
  know({ peerId: claimed, sessionId, notes });
  const steps = new StepRecorder(environment, observe, messageType);
  await steps.operation('fetch_revocation_list', () => watch.refresh());
  const createdAt = unixSeconds(environment);
  const startedAt = environment.monotonic();
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
    return await handle(context, view, { startedAt, notes });
  } catch (cause) {
    const error = asParleyError(cause);
    observe({ kind: 'failed', at: environment.monotonic(), code: error.code, detail: error.detail });
    // Another hello of the same id may have been faster.
    if (activity.session(sessionId) === undefined) {
      activity.putSession({ ...view, status: 'FAILED', failure: failureView(error) });
    }
    throw error;
  }
}

/**
 * Answers a CLIENT_CONFIRM. Until one is found to be signed by the initiator it changes nothing, and its steps are
 * recorded nowhere but in the audit trail's refusals: anybody can post one that names a session id from the wire.
 * Rejects with `session_conflict`, `unknown_session` and the codes of the checks.
 */
async function answerConfirm(deps: ResponderDeps, received: ReceivedHandshake, know: Know): Promise<Bytes> {
  const { activity, sessions, memory } = deps;
  const { sessionId } = received;
  parseMessage(clientConfirm, received.json);
  const waiting = sessions.halfOpen.find(sessionId);
  if (waiting === undefined) {
    if (memory.hasSession(sessionId)) {
      throw new ParleyError('session_conflict', 'This handshake has ended. Start a new one.');
    }
    throw new ParleyError('unknown_session', 'No handshake with this id is under way. Start a new one.');
  }
  const { state, startedAt, notes } = waiting;
  const ownNotes = new HandshakeNotes();
  know({ peerId: state.peer.agentId, sessionId, notes: ownNotes });
  const steps: TraceEvent[] = [];
  const context = deps.context((event) => {
    ownNotes.note(event);
    steps.push(event);
  });
  const take = () => {
    if (sessions.halfOpen.take(sessionId) === undefined) {
      throw new ParleyError('session_conflict', 'This handshake has ended. Start a new one.');
    }
    for (const event of steps) {
      notes.note(event);
      activity.trace(sessionId, event);
    }
  };
  const confirmed = await handleClientConfirm(context, state, received).catch((cause: unknown) => {
    const error = asParleyError(cause);
    if (error.code !== 'challenge_failed') throw error;
    // The initiator has signed it: the attempt is over.
    take();
    throw failConfirm(deps, context, sessionId, error);
  });
  take();
  try {
    const { state: established, body } = confirmed;
    // The person may have marked another key meanwhile.
    await deps.verified.requireUnchanged(established.peer);
    const view = activity.session(sessionId);
    if (view === undefined) throw new ParleyError('internal_error', 'The handshake was not recorded.');
    const handshakeMs = context.environment.monotonic() - startedAt;
    await settleSession(deps, established, { ...view, handshakeMs }, notes);
    sessions.halfOpen.confirmed(sessionId);
    return body;
  } catch (cause) {
    throw failConfirm(deps, context, sessionId, asParleyError(cause));
  }
}

/** Records why a handshake has failed at its CLIENT_CONFIRM, frees its place, and returns that. */
function failConfirm(
  { activity, sessions }: ResponderDeps,
  { environment }: ResumptionContext,
  sessionId: ReceivedHandshake['sessionId'],
  error: ParleyError,
): ParleyError {
  activity.trace(sessionId, { kind: 'failed', at: environment.monotonic(), code: error.code, detail: error.detail });
  activity.updateSession(sessionId, { status: 'FAILED', failure: failureView(error) });
  sessions.halfOpen.confirmed(sessionId);
  return error;
}
