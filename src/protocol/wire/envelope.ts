import * as v from 'valibot';
import { limits } from '../limits.ts';
import * as member from './members.ts';

/** The envelope of every message in a session (protocol page, section 4). */
export const envelope = v.strictObject({
  session_id: member.sessionId,
  sender_id: member.agentId,
  epoch: member.counter,
  sequence: member.counter,
  timestamp: member.timestamp,
  encrypted_payload: v.strictObject({
    iv: member.bytesOf(12),
    ciphertext: member.bytesBetween(0, limits.messageBody),
    tag: member.bytesOf(16),
  }),
  signature: member.bytesOf(64),
});
export type Envelope = v.InferOutput<typeof envelope>;
