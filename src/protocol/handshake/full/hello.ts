import type { Bytes, SessionId } from '../../bytes.ts';
import { type Environment, unixSeconds } from '../../crypto/environment.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { ownExtensions } from '../../wire/extensions.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { OwnIdentity, PeerIdentity } from '../identity.ts';
import type { FullExchangeShares } from '../key-exchange.ts';

/** What one side puts into its hello. */
export interface HelloParts {
  readonly sessionId: SessionId;
  readonly self: OwnIdentity;
  readonly peer: PeerIdentity;
  readonly fresh: FullExchangeShares;
  /** RSA-OAEP of this side's session key. */
  readonly encrypted: Bytes;
  /** 1184-byte encapsulation key in a CLIENT_HELLO, 1088-byte ciphertext in a SERVER_HELLO. */
  readonly kemShare: Bytes;
}

/** Returns the members that both hellos have, without challenge and signature (protocol page, section 3). */
export function helloMembers(
  environment: Environment,
  messageType: 'CLIENT_HELLO' | 'SERVER_HELLO',
  { sessionId, self, peer, fresh, encrypted, kemShare }: HelloParts,
): JsonObject {
  return {
    message_type: messageType,
    protocol: 'parley/1',
    session_id: sessionId,
    nonce: encodeBase64(fresh.nonce),
    timestamp: unixSeconds(environment),
    sender_id: self.agentId,
    recipient_id: peer.agentId,
    my_certificate: {
      signing: encodeBase64(self.certificates.signing),
      encryption: encodeBase64(self.certificates.encryption),
    },
    recipient_key_id: encodeBase64(peer.keyId),
    encrypted_session_key: encodeBase64(encrypted),
    key_shares: { x25519: encodeBase64(fresh.x25519.publicKey), ml_kem_768: encodeBase64(kemShare) },
    session_signing_key: encodeBase64(fresh.signing.publicKey),
    extensions: ownExtensions,
  };
}
