import { type AcceptedPair, acceptPair } from '../../../pki/accept-pair.ts';
import type { X509Certificate } from '../../../pki/x509.ts';
import type { AgentId } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { checkMessageSignature } from '../../../protocol/handshake/signed.ts';
import { extendTranscript, startTranscript } from '../../../protocol/handshake/transcript.ts';
import {
  type ClientHello,
  clientConfirm,
  clientHello,
  type ServerHello,
  serverHello,
  sessionEstablished,
} from '../../../protocol/wire/handshake-messages.ts';
import { limits } from '../../../protocol/wire/limits.ts';
import { parseMessage } from '../../../protocol/wire/parse.ts';
import type { EntryOf } from '../entries.ts';
import { hold, isWithin, type KnownSession, type Validity } from './known-session.ts';

/**
 * Checks a handshake's three RSA-PSS signatures over its transcript (protocol page, section 3), under certificates that `ca` has
 * issued and that were valid at the time of each hello, by clocks that may be 300 s apart. Gives the session it made; throws what is wrong.
 */
export async function checkHandshake(
  subtle: Subtle,
  ca: X509Certificate,
  agentId: AgentId,
  entry: EntryOf<'handshake'>,
): Promise<KnownSession> {
  const first = parseMessage(clientHello, entry.client_hello);
  const second = parseMessage(serverHello, entry.server_hello);
  const third = parseMessage(clientConfirm, entry.client_confirm);
  const last = parseMessage(sessionEstablished, entry.session_established);
  const ids = [first, second, third, last].map(({ value }) => value.session_id);
  hold(
    ids.every((id) => id === entry.session_id),
    'A message of it belongs to another session.',
  );
  const [client, server] = entry.role === 'client' ? [agentId, entry.peer_id] : [entry.peer_id, agentId];
  hold(isFromTo(first.value, client, server), `Its CLIENT_HELLO is not from ${client} to ${server}.`);
  hold(isFromTo(second.value, server, client), `Its SERVER_HELLO is not from ${server} to ${client}.`);

  const clientPair = await acceptedPair(ca, first.value);
  const serverPair = await acceptedPair(ca, second.value);
  const th0 = await startTranscript(subtle);
  const th1 = await extendTranscript(subtle, th0, first.json);
  const th2 = await extendTranscript(subtle, th1, second.json);
  const steps = [
    ['client hello', client, clientPair, th0, first],
    ['server hello', server, serverPair, th1, second],
    ['client confirm', client, clientPair, th2, third],
  ] as const;
  for (const [text, sender, { identity }, th, { json, value }] of steps) {
    await checkMessageSignature(subtle, identity.verifyKey, text, th, json, value.signature).catch(() =>
      hold(false, `${sender} has not signed its ${value.message_type}.`),
    );
  }

  const keys = [first.value.session_signing_key, second.value.session_signing_key] as const;
  const [ownKey, peerKey] = entry.role === 'client' ? keys : [keys[1], keys[0]];
  const validity = validityOf(ca, clientPair, serverPair);
  return { id: entry.session_id, peerId: entry.peer_id, ownKey, peerKey, validity };
}

function isFromTo(hello: ClientHello | ServerHello, sender: AgentId, recipient: AgentId): boolean {
  return hello.sender_id === sender && hello.recipient_id === recipient;
}

async function acceptedPair(ca: X509Certificate, hello: ClientHello | ServerHello): Promise<AcceptedPair> {
  const { sender_id, my_certificate, timestamp } = hello;
  const pair = await acceptPair(ca, my_certificate);
  hold(
    pair !== undefined && pair.identity.agentId === sender_id,
    `The certificates of ${sender_id} are not from this authority.`,
  );
  hold(
    isWithin(validityOf(ca, pair), timestamp, limits.freshness),
    `The certificates of ${sender_id} were not valid at the time.`,
  );
  return pair;
}

/** When all of these certificates and their authority are valid. */
export function validityOf(ca: X509Certificate, ...certificates: readonly Validity[]): Validity {
  const authority = { notBefore: ca.notBefore.getTime() / 1_000, notAfter: ca.notAfter.getTime() / 1_000 };
  const all = [authority, ...certificates];
  return {
    notBefore: Math.max(...all.map(({ notBefore }) => notBefore)),
    notAfter: Math.min(...all.map(({ notAfter }) => notAfter)),
  };
}
