import type { Recording } from '../../agent/recording.ts';
import type { MessageName, TranscriptName } from '../../protocol/trace.ts';

/** How a message is authenticated: what is put before its canonical bytes, and what is left out of them. */
export interface SignedInput {
  readonly how: string;
  /** The label's text; a zero byte follows it. */
  readonly label: string;
  readonly transcript?: TranscriptName;
  /** The member that carries the signature, and so is not under it. */
  readonly unsigned: string;
  /** Members that are not in the signed bytes themselves, but only by their hash. */
  readonly hashed?: string;
  readonly source: string;
}

/** What is signed of each message, to the byte (protocol page, sections 3 and 4). */
export const signedInputs: Partial<Record<MessageName, SignedInput>> = {
  CLIENT_HELLO: {
    how: 'RSA-PSS',
    label: 'parley/1 client hello',
    transcript: 'th0',
    unsigned: 'signature',
    source: 'section 3',
  },
  SERVER_HELLO: {
    how: 'RSA-PSS',
    label: 'parley/1 server hello',
    transcript: 'th1',
    unsigned: 'signature',
    source: 'section 3',
  },
  CLIENT_CONFIRM: {
    how: 'RSA-PSS',
    label: 'parley/1 client confirm',
    transcript: 'th2',
    unsigned: 'signature',
    source: 'section 3',
  },
  SESSION_ESTABLISHED: {
    how: 'HMAC-SHA-256 under the session’s hmac key',
    label: 'parley/1 session established',
    transcript: 'th3',
    unsigned: 'confirmation',
    source: 'section 3',
  },
  ENVELOPE: {
    how: 'Ed25519 by the session signing key',
    label: 'parley/1 message signature',
    unsigned: 'signature',
    hashed: 'encrypted_payload',
    source: 'section 4',
  },
};

/** A transcript hash as either end recorded it, 64 hex digits. */
export function transcriptHash({ ends }: Pick<Recording, 'ends'>, name: TranscriptName): string | undefined {
  for (const { events } of ends) {
    for (const event of events) if (event.kind === 'transcript' && event.name === name) return event.hash;
  }
  return undefined;
}
