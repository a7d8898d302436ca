import type { CheckName, MessageName } from '../protocol/trace/events.ts';
import { isOfResumption } from './beginning.ts';

/** A check as a screen shows it. */
export interface CheckWords {
  readonly name: string;
  /** One sentence: what would go wrong without it. */
  readonly why: string;
}

/** The dictionary of the checks: each has one row, which holds every wording of it. */
export const checkWords: Readonly<
  Record<
    CheckName,
    CheckWords & {
      /** The line of a log, which no other line explains. */
      readonly logged: string;
      /** Where the check means something else in a resumption. */
      readonly resumed?: CheckWords;
    }
  >
> = {
  shape: {
    name: 'Well formed',
    logged: 'Message well formed',
    why: 'Every member is there, once, with the right type and size; nothing else is read.',
  },
  recipient: {
    name: 'Meant for me',
    logged: 'Message meant for this agent',
    why: 'A message for another agent, or for an old key, cannot be redirected to me.',
  },
  timestamp: {
    name: 'Fresh, within 300 s',
    logged: 'Timestamp fresh',
    why: 'An old recording is refused, however genuine it was.',
  },
  nonce: {
    name: 'Nonce never seen',
    logged: 'Nonce never seen',
    why: 'A recording that is still fresh is refused the second time.',
  },
  session_id: {
    name: 'Session id fits',
    logged: 'Session id fits',
    why: 'A message cannot be moved into another handshake, nor a dead one revived.',
  },
  room: {
    name: 'Room for a session',
    logged: 'Room for a session',
    why: 'A flood of hellos is refused before it costs a private-key operation.',
    resumed: { name: 'Room for a session', why: 'A flood of hellos is refused before it costs a key exchange.' },
  },
  certificate: {
    name: 'Certificate valid, not revoked',
    logged: 'Certificate verified',
    why: 'The Controller vouches that these keys belong to that agent.',
    resumed: {
      name: 'Certificates valid, not revoked since',
      why: 'The certificates stored from the old session are looked up again in the newest revocation list.',
    },
  },
  identity: {
    name: 'Certificate is the sender’s',
    logged: 'Certificate is the sender’s',
    why: 'A genuine certificate of somebody else is not enough.',
  },
  signature: {
    name: 'Signature verifies',
    logged: 'Signature verified',
    why: 'Only the holder of the key can have written this, and no byte of it has changed.',
    resumed: {
      name: 'Signature of the old session’s key',
      why: 'That signing key is never bytes: whoever stole the resumption key alone cannot make this.',
    },
  },
  key_exchange: {
    name: 'Keys agreed',
    logged: 'Keys agreed',
    why: 'RSA-OAEP, X25519 and ML-KEM-768 each give a secret: all three would have to be broken.',
    resumed: {
      name: 'Fresh secrets agreed',
      why: 'X25519 and ML-KEM-768 run again: the resumption key alone, stolen before or later, opens nothing.',
    },
  },
  challenge: {
    name: 'Challenge answered',
    logged: 'Challenge verified',
    why: 'The peer could decrypt: it holds its private key now, not only a copy of its certificate.',
  },
  confirmation: {
    name: 'Both hold the same keys',
    logged: 'Confirmation verified',
    why: 'Whatever was changed on the way, on either side, would show here.',
  },
  session: {
    name: 'Session alive',
    logged: 'Session alive',
    why: 'A closed or expired session accepts nothing.',
  },
  sender: { name: 'Sent by the peer', logged: 'Sent by the peer', why: 'Nobody else may speak in this session.' },
  epoch: { name: 'Keys of this epoch', logged: 'Epoch known', why: 'Keys that were replaced are erased.' },
  sequence: { name: 'Number not seen', logged: 'Number not seen', why: 'The same envelope is accepted once.' },
  decryption: {
    name: 'Decrypts, tag verifies',
    logged: 'Message decrypted',
    why: 'The text is exactly what the peer encrypted.',
  },
  resumption: {
    name: 'Resumption known, unused, the sender’s',
    logged: 'Resumption known and unused',
    why: 'A session is resumed once, by the two who had it, within 24 hours; a copy of the hello is worth nothing.',
  },
  binder: {
    name: 'Binder verifies',
    logged: 'Binder verified',
    why: 'Only the two agents of the old session hold its resumption key, so this continues that session and no other.',
  },
};

/** Returns a check of the message `of` in plain words. */
export function wordsOfCheck(check: CheckName, of: MessageName): CheckWords {
  const words = checkWords[check];
  return (isOfResumption(of) ? words.resumed : undefined) ?? words;
}
