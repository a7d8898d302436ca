import type { AgentId } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { isSignedResumption } from '../../../protocol/handshake/resumption/proofs.ts';
import { extendTranscript, startTranscript } from '../../../protocol/handshake/transcript.ts';
import { limits } from '../../../protocol/wire/limits.ts';
import { parseMessage } from '../../../protocol/wire/parse.ts';
import { resumeAccept, resumeHello } from '../../../protocol/wire/resumption-messages.ts';
import type { EntryOf } from '../entries.ts';
import { hold, isWithin, type KnownSession } from './known-session.ts';

/**
 * Checks the two Ed25519 signatures of a resumption over its transcript (protocol page, section 5), by the keys of the session
 * that it resumes, whose certificates have to be valid still, by the clock of either side. Gives the session it made; throws what is wrong.
 */
export async function checkResumption(
  subtle: Subtle,
  agentId: AgentId,
  old: KnownSession,
  entry: EntryOf<'resumption'>,
): Promise<KnownSession> {
  const first = parseMessage(resumeHello, entry.resume_hello);
  const second = parseMessage(resumeAccept, entry.resume_accept);
  hold(
    [first, second].every(({ value }) => value.session_id === entry.session_id),
    'A message of it belongs to another session.',
  );
  hold(entry.peer_id === old.peerId, `The session that it resumes was with ${old.peerId}.`);
  hold(
    [first, second].every(({ value }) => isWithin(old.validity, value.timestamp, limits.freshness)),
    'The certificates of the session that it resumes were not valid at the time.',
  );
  const isOwn = entry.role === 'client';
  const [client, server] = isOwn ? [agentId, old.peerId] : [old.peerId, agentId];
  const isFromTo = first.value.sender_id === client && first.value.recipient_id === server;
  hold(isFromTo, `Its RESUME_HELLO is not from ${client} to ${server}.`);
  const [clientKey, serverKey] = isOwn ? [old.ownKey, old.peerKey] : [old.peerKey, old.ownKey];
  const th0 = await startTranscript(subtle);
  const tr1 = await extendTranscript(subtle, th0, first.json);
  const { signature: helloSignature } = first.value;
  const { signature: acceptSignature } = second.value;
  hold(
    await isSignedResumption(subtle, clientKey, 'resume hello', th0, first.json, helloSignature),
    `${client} has not signed its RESUME_HELLO.`,
  );
  hold(
    await isSignedResumption(subtle, serverKey, 'resume accept', tr1, second.json, acceptSignature),
    `${server} has not signed its RESUME_ACCEPT.`,
  );
  const keys = [first.value.session_signing_key, second.value.session_signing_key] as const;
  const [ownKey, peerKey] = isOwn ? keys : [keys[1], keys[0]];
  return { id: entry.session_id, peerId: old.peerId, ownKey, peerKey, validity: old.validity };
}
