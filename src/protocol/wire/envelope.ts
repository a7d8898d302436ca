import * as v from 'valibot';
import type { Bytes } from '../bytes.ts';
import { limits } from '../limits.ts';
import { encodeUtf8 } from '../scratch-buffer.ts';
import { encodeBase64 } from './base64.ts';
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

/** Writes an envelope as JSON whose header is `headerText`: by hand, because JSON.stringify would search base64 for characters to escape. */
export function encodeJsonEnvelope(
  headerText: string,
  { iv, ciphertext, tag }: Envelope['encrypted_payload'],
  signature: Bytes,
): Bytes {
  const encryptedPayload = `{"iv":"${encodeBase64(iv)}","ciphertext":"${encodeBase64(ciphertext)}","tag":"${encodeBase64(tag)}"}`;
  return encodeUtf8(
    `${headerText.slice(0, -1)},"encrypted_payload":${encryptedPayload},"signature":"${encodeBase64(signature)}"}`,
  );
}
