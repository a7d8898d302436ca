import type { AgentId, Bytes } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { isSignedResumption } from '../../../protocol/handshake/resumption/proofs.ts';
import { Transcript } from '../../../protocol/handshake/transcript.ts';
import { limits } from '../../../protocol/limits.ts';
import { type Parsed, parseMessage } from '../../../protocol/wire/parse.ts';
import {
  type ResumeAccept,
  type ResumeHello,
  resumeAccept,
  resumeHello,
} from '../../../protocol/wire/resumption-messages.ts';
import type { EntryOf } from '../entry/entries.ts';
import type { ClaimedSession } from './handshake-evidence.ts';
import { hold, isWithin, type KnownSession } from './known-session.ts';

/**
 * Checks the two Ed25519 signatures of a resumption over its transcript (protocol page, section 5), by the keys of the session
 * that it resumes, whose certificates have to be valid still, by the clock of either side. Gives the session it made, without waiting for the signatures;
 * throws what is wrong.
 */
export async function checkResumption(
  subtle: Subtle,
  agentId: AgentId,
  old: KnownSession,
  entry: EntryOf<'resumption'>,
): Promise<ClaimedSession> {
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
  const signed = checkSignatures(subtle, [first, second], {
    client: { id: client, key: clientKey },
    server: { id: server, key: serverKey },
  });
  signed.catch(() => undefined);
  const keys = [first.value.session_signing_key, second.value.session_signing_key] as const;
  const [ownKey, peerKey] = isOwn ? keys : [keys[1], keys[0]];
  return { session: { id: entry.session_id, peerId: old.peerId, ownKey, peerKey, validity: old.validity }, signed };
}

interface Signer {
  readonly id: AgentId;
  /** Ed25519, 32 bytes. */
  readonly key: Bytes;
}

async function checkSignatures(
  subtle: Subtle,
  [first, second]: readonly [Parsed<ResumeHello>, Parsed<ResumeAccept>],
  { client, server }: { readonly client: Signer; readonly server: Signer },
): Promise<void> {
  const th0 = await Transcript.start(subtle);
  const tr1 = await th0.with(first.json);
  const [isHelloSigned, isAcceptSigned] = await Promise.all([
    isSignedResumption(subtle, client.key, 'resume hello', th0, first.json, first.value.signature),
    isSignedResumption(subtle, server.key, 'resume accept', tr1, second.json, second.value.signature),
  ]);
  hold(isHelloSigned, `${client.id} has not signed its RESUME_HELLO.`);
  hold(isAcceptSigned, `${server.id} has not signed its RESUME_ACCEPT.`);
}
