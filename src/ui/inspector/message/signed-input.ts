import type { MessageName, TranscriptName } from '../../../protocol/trace/events.ts';
import type { Recording } from '../../../recording/recording.ts';

/** How a message is authenticated: what is put before its canonical bytes, and what is left out of them. */
export interface SignedInput {
  readonly how: string;
  /** The label's text; a zero byte follows it. */
  readonly label: string;
  readonly transcript?: TranscriptName;
  /** The member that carries the signature or the code, and so is not under it. */
  readonly unsigned: string;
  /** Members that are added after it, and so are not under it either. */
  readonly later?: string;
  /** Members that are not in the signed bytes themselves, but only by their hash. */
  readonly hashed?: string;
  /** The message itself is not in the signed bytes: the transcript hash has it. */
  readonly isHashed?: true;
  readonly source: string;
}

const hello = { how: 'RSA-PSS', unsigned: 'signature', source: 'parley/1, section 3' } as const;
const oldKey = 'Ed25519 with the old session’s signing key';
const resumptionKey = 'HMAC-SHA-256 under the old session’s resumption key';

/** What is signed of each message, to the byte (protocol page, sections 3 to 5). */
export const signedInputs: Partial<Record<MessageName, readonly SignedInput[]>> = {
  CLIENT_HELLO: [{ ...hello, label: 'parley/1 client hello', transcript: 'th0' }],
  SERVER_HELLO: [{ ...hello, label: 'parley/1 server hello', transcript: 'th1' }],
  CLIENT_CONFIRM: [{ ...hello, label: 'parley/1 client confirm', transcript: 'th2' }],
  SESSION_ESTABLISHED: [
    {
      how: 'HMAC-SHA-256 under the session’s hmac key',
      label: 'parley/1 session established',
      transcript: 'th3',
      unsigned: 'confirmation',
      source: 'parley/1, section 3',
    },
  ],
  RESUME_HELLO: [
    {
      how: oldKey,
      label: 'parley/1 resume hello',
      transcript: 'th0',
      unsigned: 'signature',
      later: 'binder',
      source: 'parley/1, section 5',
    },
    { how: resumptionKey, label: 'parley/1 resume hello', unsigned: 'binder', source: 'parley/1, section 5' },
  ],
  RESUME_ACCEPT: [
    {
      how: oldKey,
      label: 'parley/1 resume accept',
      transcript: 'tr1',
      unsigned: 'signature',
      later: 'binder',
      source: 'parley/1, section 5',
    },
    {
      how: resumptionKey,
      label: 'parley/1 resume accept',
      transcript: 'tr',
      unsigned: 'binder',
      isHashed: true,
      source: 'parley/1, section 5',
    },
  ],
  ENVELOPE: [
    {
      how: 'Ed25519 by the session signing key',
      label: 'parley/1 message signature',
      unsigned: 'signature',
      hashed: 'encrypted_payload',
      source: 'parley/1, section 4',
    },
  ],
};

/** Returns a transcript hash as either end recorded it, 64 hex digits. */
export function transcriptHash({ ends }: Pick<Recording, 'ends'>, name: TranscriptName): string | undefined {
  for (const { events } of ends) {
    for (const event of events) if (event.kind === 'transcript' && event.name === name) return event.hash;
  }
  return undefined;
}
