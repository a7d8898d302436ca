import type { ErrorCode } from '../errors.ts';

/** The checks in the protocol's order (protocol page, sections 3 and 4). */
export type CheckName =
  | 'shape'
  | 'recipient'
  | 'timestamp'
  | 'nonce'
  | 'session_id'
  | 'room'
  | 'certificate'
  | 'identity'
  | 'signature'
  | 'key_exchange'
  | 'challenge'
  | 'confirmation'
  | 'session'
  | 'sender'
  | 'epoch'
  | 'sequence'
  | 'decryption'
  | 'resumption'
  | 'binder';

/** Work that is not a check: what was made, signed, encrypted, derived, stored or asked of the Controller. */
export type OperationName =
  | 'fetch_revocation_list'
  | 'look_up_peer'
  | 'reserve_session'
  | 'use_up_resumption'
  | 'make_key_shares'
  | 'encrypt_session_key'
  | 'open_session_key'
  | 'agree_x25519'
  | 'encapsulate'
  | 'decapsulate'
  | 'derive_handshake_keys'
  | 'derive_session_keys'
  | 'store_nonce'
  | 'sign'
  | 'encrypt_challenge'
  | 'encrypt_message'
  | 'make_confirmation'
  | 'make_update_shares'
  | 'derive_next_epoch'
  | 'make_binder'
  | 'derive_resumed_keys';

/** The messages of parley/1 that the trace can show. */
export type MessageName =
  | 'CLIENT_HELLO'
  | 'SERVER_HELLO'
  | 'CLIENT_CONFIRM'
  | 'SESSION_ESTABLISHED'
  | 'RESUME_HELLO'
  | 'RESUME_ACCEPT'
  | 'ENVELOPE'
  | 'PROBLEM';

/** The transcript hashes of a handshake and of a resumption (protocol page, sections 3 and 5). They are public. */
export type TranscriptName = 'th0' | 'th1' | 'th_keys' | 'th2' | 'th3' | 'tr1' | 'tr';

/** What flows into the key schedule and out of it (protocol page, section 3). */
export type SecretName =
  | 'resumption_key'
  | 'client_session_key'
  | 'server_session_key'
  | 'x25519_secret'
  | 'ml_kem_secret'
  | 'client_handshake_key'
  | 'server_handshake_key'
  | 'client_key'
  | 'server_key'
  | 'client_iv'
  | 'server_iv'
  | 'hmac_key'
  | 'resumption'
  | 'update'
  | 'exporter';

/** What may be shown of secrets: four bytes of each, from which nothing of it can be computed. */
export type Fingerprints = readonly (readonly [of: SecretName, fingerprint: string])[];

/**
 * What the protocol did, as it did it (architecture page, decision 3). `at` is when it was done, in milliseconds since
 * 1970 on the clock that never goes back, `duration` is in milliseconds; both with fractions. No event holds key bytes
 * or a plaintext.
 */
export type TraceEvent =
  | {
      readonly kind: 'message';
      readonly at: number;
      readonly direction: 'sent' | 'received';
      readonly message: MessageName;
      /** The body as it went over the wire: it is public by definition. */
      readonly body: string;
      /** Length of the body in bytes. */
      readonly size: number;
    }
  | {
      readonly kind: 'check';
      readonly at: number;
      readonly of: MessageName;
      readonly check: CheckName;
      readonly duration: number;
      readonly outcome: 'passed';
      /** A short public fact, for example `+0.1 s`. */
      readonly note?: string;
    }
  | {
      readonly kind: 'check';
      readonly at: number;
      readonly of: MessageName;
      readonly check: CheckName;
      readonly duration: number;
      readonly outcome: 'failed';
      readonly code: ErrorCode;
      readonly detail: string;
    }
  | {
      readonly kind: 'operation';
      readonly at: number;
      readonly operation: OperationName;
      readonly duration: number;
      readonly note?: string;
    }
  | {
      readonly kind: 'transcript';
      readonly at: number;
      readonly name: TranscriptName /** 64 hex digits. */;
      readonly hash: string;
    }
  | {
      readonly kind: 'fingerprint';
      readonly at: number;
      readonly of: SecretName;
      /** Four bytes as `9c:41:7f:02`, equal on both sides when the secret is; nothing can be computed from them. */
      readonly fingerprint: string;
    }
  | {
      readonly kind: 'established';
      readonly at: number;
      /** First 4 bytes of a hash of a hash of exporter output, as `9c:41:7f:02`: equal on both sides when all keys are. */
      readonly keyFingerprint: string;
      /** Unix seconds. */
      readonly expiresAt: number;
    }
  | {
      readonly kind: 'epoch';
      readonly at: number;
      /** 1 after the first key update of a session. */
      readonly number: number;
      /** Whose KEY_UPDATE began it. */
      readonly by: 'self' | 'peer';
      /** As in `established`. */
      readonly keyFingerprint: string;
    }
  | { readonly kind: 'failed'; readonly at: number; readonly code: ErrorCode; readonly detail: string };

/** The one observer of a handshake or a session. It must not throw. */
export type Observer = (event: TraceEvent) => void;

/** For callers that watch nothing. */
export const unobserved: Observer = () => undefined;
