import * as v from 'valibot';
import * as member from './members.ts';

function common(kemBytes: number) {
  return {
    session_id: member.sessionId,
    nonce: member.nonce,
    timestamp: member.timestamp,
    key_shares: v.strictObject({ x25519: member.bytesOf(32), ml_kem_768: member.bytesOf(kemBytes) }),
    session_signing_key: member.bytesOf(32),
    signature: member.bytesOf(64),
    binder: member.bytesOf(32),
    extensions: member.extensions,
  };
}

/** RESUME_HELLO (protocol page, section 5). */
export const resumeHello = v.strictObject({
  message_type: v.literal('RESUME_HELLO'),
  protocol: v.literal('parley/1'),
  ...common(1_184),
  resumption_id: member.resumptionId,
  sender_id: member.agentId,
  recipient_id: member.agentId,
});
export type ResumeHello = v.InferOutput<typeof resumeHello>;

/** RESUME_ACCEPT (protocol page, section 5). */
export const resumeAccept = v.strictObject({
  message_type: v.literal('RESUME_ACCEPT'),
  ...common(1_088),
  expires_at: member.timestamp,
});
export type ResumeAccept = v.InferOutput<typeof resumeAccept>;
