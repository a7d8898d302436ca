import type { Bytes } from '../../protocol/bytes.ts';

/** What a relay wants signed. */
export interface RelayChallenge {
  readonly relay: string;
  readonly connection: string;
  readonly nonce: Bytes;
}
