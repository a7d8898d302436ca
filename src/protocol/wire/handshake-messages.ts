import * as v from 'valibot';
import * as member from './members.ts';

function hello<const Type extends 'CLIENT_HELLO' | 'SERVER_HELLO'>(type: Type, kemBytes: number) {
  return {
    message_type: v.literal(type),
    protocol: v.literal('parley/1'),
    session_id: member.sessionId,
    nonce: member.nonce,
    timestamp: member.timestamp,
    sender_id: member.agentId,
    recipient_id: member.agentId,
    my_certificate: member.certificatePair,
    recipient_key_id: member.keyId,
    encrypted_session_key: member.rsaBytes,
    key_shares: v.strictObject({ x25519: member.bytesOf(32), ml_kem_768: member.bytesOf(kemBytes) }),
    session_signing_key: member.bytesOf(32),
    signature: member.rsaBytes,
    extensions: member.extensions,
  };
}

/** CLIENT_HELLO (protocol page, section 3). */
export const clientHello = v.strictObject(hello('CLIENT_HELLO', 1_184));
export type ClientHello = v.InferOutput<typeof clientHello>;

/** SERVER_HELLO (protocol page, section 3). */
export const serverHello = v.strictObject({ ...hello('SERVER_HELLO', 1_088), challenge: member.challenge });
export type ServerHello = v.InferOutput<typeof serverHello>;

/** CLIENT_CONFIRM (protocol page, section 3). */
export const clientConfirm = v.strictObject({
  message_type: v.literal('CLIENT_CONFIRM'),
  session_id: member.sessionId,
  challenge_response: member.challenge,
  signature: member.rsaBytes,
});
export type ClientConfirm = v.InferOutput<typeof clientConfirm>;

/** SESSION_ESTABLISHED (protocol page, section 3). */
export const sessionEstablished = v.strictObject({
  message_type: v.literal('SESSION_ESTABLISHED'),
  session_id: member.sessionId,
  expires_at: member.timestamp,
  confirmation: member.bytesOf(32),
});
