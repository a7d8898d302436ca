import type { LimitReached } from '../http/limit-reached.ts';
import { type AgentId, type Bytes, toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import type { ParleyError } from '../protocol/errors.ts';
import type { StoredList } from './store.ts';

/** What a call that changes something is about, as far as it is known. */
export interface CallFacts {
  readonly call: 'register' | 'confirm' | 'revoke' | 'delete';
  /** Where it comes from. */
  readonly address?: string;
  /** As the caller says; not proved where the call is refused. */
  readonly agentId?: AgentId;
  /** `keyFingerprint` of the signing key. */
  readonly key?: string;
}

/** What a Controller did or refused, for whoever runs it. */
export type ControllerNotice =
  | {
      readonly kind: 'registered' | 'renewed';
      readonly agentId: AgentId;
      readonly key: string;
      readonly address: string | undefined;
    }
  | {
      readonly kind: 'revoked';
      readonly agentId: AgentId;
      readonly by: 'agent' | 'operator';
      readonly reason: string;
      readonly address: string | undefined;
    }
  | { readonly kind: 'deleted'; readonly agentId: AgentId; readonly address: string | undefined }
  | { readonly kind: 'refused'; readonly error: ParleyError; readonly about: CallFacts }
  | { readonly kind: 'limit reached'; readonly error: LimitReached; readonly about: CallFacts }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'list signed'; readonly list: StoredList; readonly certificates: number };

/** Hears what a Controller did or refused. It throws nothing. */
export type ControllerObserver = (notice: ControllerNotice) => void;

/** Returns the first 32 hex digits of the SHA-256 of a public key (SPKI DER): how the log and the registration_id name it. */
export async function keyFingerprint(spki: Bytes): Promise<string> {
  return toHex(await sha256(crypto.subtle, spki)).slice(0, 32);
}
