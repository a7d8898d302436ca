import type { AcceptedPair } from '../../../pki/accept-pair.ts';
import type { X509Certificate } from '../../../pki/x509.ts';
import type { AgentId } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { checkMessageSignature } from '../../../protocol/handshake/message-signature.ts';
import { Transcript } from '../../../protocol/handshake/transcript.ts';
import { limits } from '../../../protocol/limits.ts';
import {
  type ClientConfirm,
  type ClientHello,
  clientConfirm,
  clientHello,
  type ServerHello,
  serverHello,
  sessionEstablished,
} from '../../../protocol/wire/handshake-messages.ts';
import { type Parsed, parseMessage } from '../../../protocol/wire/parse.ts';
import type { EntryOf } from '../entry/entries.ts';
import type { AcceptedPairs } from './accepted-pairs.ts';
import { hold, isWithin, type KnownSession, type Validity } from './known-session.ts';

/** A session that an entry says was made, and what is still to be waited for before it is proven. */
export interface ClaimedSession {
  readonly session: KnownSession;
  /** Rejects with what is wrong. */
  readonly signed: Promise<void>;
}

/**
 * Checks a handshake's three RSA-PSS signatures over its transcript (protocol page, section 3), under certificates that the authority has
 * issued and that were valid at the time of each hello, by clocks that may be 300 s apart. Gives the session it made, without
 * waiting for the signatures; throws what is wrong.
 */
export async function checkHandshake(
  subtle: Subtle,
  pairs: AcceptedPairs,
  agentId: AgentId,
  entry: EntryOf<'handshake'>,
): Promise<ClaimedSession> {
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

  const clientPair = await acceptedPair(pairs, first.value);
  const serverPair = await acceptedPair(pairs, second.value);
  const signed = checkSignatures(subtle, [first, second, third], {
    client: { id: client, key: clientPair.identity.verifyKey },
    server: { id: server, key: serverPair.identity.verifyKey },
  });
  signed.catch(() => undefined);

  const keys = [first.value.session_signing_key, second.value.session_signing_key] as const;
  const [ownKey, peerKey] = entry.role === 'client' ? keys : [keys[1], keys[0]];
  const validity = validityOf(pairs.authority, clientPair, serverPair);
  return { session: { id: entry.session_id, peerId: entry.peer_id, ownKey, peerKey, validity }, signed };
}

interface Signer {
  readonly id: AgentId;
  readonly key: CryptoKey;
}

async function checkSignatures(
  subtle: Subtle,
  [first, second, third]: readonly [Parsed<ClientHello>, Parsed<ServerHello>, Parsed<ClientConfirm>],
  { client, server }: { readonly client: Signer; readonly server: Signer },
): Promise<void> {
  const th0 = await Transcript.start(subtle);
  const th1 = await th0.with(first.json);
  const th2 = await th1.with(second.json);
  const steps = [
    ['client hello', client, th0, first],
    ['server hello', server, th1, second],
    ['client confirm', client, th2, third],
  ] as const;
  const checks = steps.map(([text, { key }, th, { json, value }]) =>
    checkMessageSignature(subtle, key, text, th, json, value.signature),
  );
  const results = await Promise.allSettled(checks);
  for (const [i, [, { id }, , { value }]] of steps.entries()) {
    hold(results[i]?.status === 'fulfilled', `${id} has not signed its ${value.message_type}.`);
  }
}

function isFromTo(hello: ClientHello | ServerHello, sender: AgentId, recipient: AgentId): boolean {
  return hello.sender_id === sender && hello.recipient_id === recipient;
}

async function acceptedPair(pairs: AcceptedPairs, hello: ClientHello | ServerHello): Promise<AcceptedPair> {
  const { sender_id, my_certificate, timestamp } = hello;
  const pair = await pairs.accept(my_certificate);
  hold(
    pair !== undefined && pair.identity.agentId === sender_id,
    `The certificates of ${sender_id} are not from this authority.`,
  );
  hold(
    isWithin(validityOf(pairs.authority, pair), timestamp, limits.freshness),
    `The certificates of ${sender_id} were not valid at the time.`,
  );
  return pair;
}

/** Returns when all of these certificates and their authority are valid. */
export function validityOf(ca: X509Certificate, ...certificates: readonly Validity[]): Validity {
  const authority = { notBefore: ca.notBefore.getTime() / 1_000, notAfter: ca.notAfter.getTime() / 1_000 };
  const all = [authority, ...certificates];
  return {
    notBefore: Math.max(...all.map(({ notBefore }) => notBefore)),
    notAfter: Math.min(...all.map(({ notAfter }) => notAfter)),
  };
}
