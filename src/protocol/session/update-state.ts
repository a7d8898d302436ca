import type { KemKeyPair } from '../crypto/kem.ts';
import type { X25519Pair } from '../crypto/x25519.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Epoch } from './epoch.ts';

/** A KEY_UPDATE that this side has made, and the private halves of its shares. It is repeated word for word until it is answered. */
export interface MadeUpdate {
  readonly message: JsonObject & { readonly request_id: string };
  readonly shares: X25519Pair;
  readonly kem: KemKeyPair;
}

/** What a session has under way of key updates. */
export interface KeyUpdates {
  /** This side's, and the epoch that it ends, until it is settled. */
  own?: { readonly epoch: Epoch; readonly made: Promise<MadeUpdate> } | undefined;
  /** Settles when a try of this side's has succeeded or failed. */
  underWay?: Promise<void> | undefined;
  /** Tries this side's again, when the peer is seen to have answered it: it sends in the next epoch. */
  retry?: () => Promise<void>;
  /** The peer's last one and what it is answered. */
  peers?: { readonly requestId: string; readonly response: Promise<JsonObject>; isAtWork: boolean } | undefined;
  /** What the peer's newest updates of this session were answered, by request_id, the oldest first. */
  answered?: Map<string, JsonObject> | undefined;
  /** The names of all the peer's updates of this session: each runs once. */
  ran?: Set<number> | undefined;
}
