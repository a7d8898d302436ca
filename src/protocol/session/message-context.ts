import type { Bytes } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import type { Observer } from '../trace/events.ts';
import type { EnvelopeForm } from '../wire/envelope-form.ts';
import type { Header } from '../wire/envelope-header.ts';
import type { JsonObject } from '../wire/json.ts';

/** What a session's messages are handed. */
export interface MessageContext {
  readonly environment: Environment;
  readonly observe: Observer;
  /** The one form that everything is sent in, answers aside; absent to choose by length. */
  readonly form?: EnvelopeForm;
  /** Told of each envelope that was made or accepted. It must not throw. */
  readonly witness?: Witness;
}

/** An envelope's evidence, and what it says. Unlike a trace event it holds a plaintext: it belongs in no trace, log or error. */
export interface WitnessedEnvelope {
  readonly direction: 'sent' | 'received';
  readonly header: Header;
  /** H(iv || ciphertext || tag), 32 bytes. */
  readonly digest: Bytes;
  /** 64 bytes: Ed25519 of the sender over the header and the digest. */
  readonly signature: Bytes;
  readonly payload: JsonObject;
}

/** Keeps evidence of the messages of a session. */
type Witness = (envelope: WitnessedEnvelope) => void;
