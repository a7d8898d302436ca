import type { Environment } from '../../protocol/crypto/environment.ts';
import { checkEnvelope, openEnvelope, readEnvelope } from '../../protocol/session/envelope.ts';
import {
  encryptResponse,
  type ReceivedRequest,
  type ResponseToSend,
  readRequest,
} from '../../protocol/session/exchange/exchange.ts';
import type { MessageContext } from '../../protocol/session/message-context.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';
import type { Inbox } from '../messages/inbox.ts';
import type { KeyUpdater } from '../messages/key-updater.ts';
import type { SettlingDeps } from '../sessions/settle-session.ts';
import { answeredBy, askedBy } from '../state/carried.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { Know } from './learned.ts';

/** What a message is answered with. */
export interface MessageEndpointDeps extends Pick<SettlingDeps, 'activity' | 'sessions' | 'resumptions' | 'audit'> {
  readonly environment: Environment;
  readonly inbox: Inbox;
  readonly keyUpdater: KeyUpdater;
  readonly verified: VerifiedPeers;
}

/**
 * Answers one envelope posted to `/agent/message` (protocol page, section 4): the body of the answer. Nothing runs unless every check has
 * passed. Rejects with the code of the first that failed, and with what the inbox or the key update throws.
 */
export async function answerMessage(
  deps: MessageEndpointDeps,
  received: MessageBody,
  know: Know,
): Promise<MessageBody> {
  const { activity, sessions, verified, audit, keyUpdater } = deps;
  const envelope = readEnvelope(received);
  const session = await sessions.findMade(envelope.value.session_id);
  const { id: sessionId, peer } = session;
  know({ peerId: peer.agentId, sessionId });
  verified.requireDecided(peer.agentId);
  const context: MessageContext = {
    environment: deps.environment,
    observe: (event) => activity.trace(sessionId, event),
    witness: (witnessed) => audit.message(peer.agentId, witnessed),
  };
  const checked = await checkEnvelope(context, session, envelope);
  if (checked.isOfNextEpoch) await keyUpdater.settle(session);
  const request = readRequest(context, session, await openEnvelope(context, session, checked));
  const response = await respond(deps, context, session, request, know);
  const body = await encryptResponse(context, session, request, response);
  const view = activity.session(sessionId);
  if (view !== undefined) activity.updateSession(sessionId, { sent: view.sent + 1 });
  if (request.value.message_type === 'CLOSE') {
    sessions.end(session, 'CLOSED');
    await deps.resumptions.forgetPeer(peer.agentId).catch(() => undefined);
  }
  if (request.value.message_type === 'KEY_UPDATE') {
    sessions.renewed(session);
    keyUpdater.resume(session);
  }
  return body;
}

/** Returns the RESPONSE to what a peer asks: the session's to a key update, the inbox's to everything else. */
async function respond(
  { activity, sessions, inbox, verified }: MessageEndpointDeps,
  context: MessageContext,
  session: Session,
  { value, json, epoch, attachment }: ReceivedRequest,
  know: Know,
): Promise<ResponseToSend> {
  if (value.message_type === 'KEY_UPDATE') {
    return { json: await session.answerKeyUpdate(context, { value, json, epoch }) };
  }
  const who = { peerId: session.peer.agentId, sessionId: session.id, requestId: value.request_id };
  const carried = askedBy(json, attachment);
  know({ ...who, ...(carried === undefined ? {} : { carried }) });
  const view = activity.session(session.id);
  if (view !== undefined) activity.updateSession(session.id, { received: view.received + 1, unreachable: false });
  const response = await sessions.using(session, () => inbox.handle(session, { value, attachment }));
  // A person may have taken a minute to answer.
  verified.requireDecided(session.peer.agentId);
  const told = answeredBy(carried, response.json, response.attachment);
  if (told !== undefined) know({ ...who, carried: told });
  return response;
}
