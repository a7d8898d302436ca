import type { Bytes } from '../../../../protocol/bytes.ts';
import { isAgentId, isSessionId } from '../../../../protocol/ids.ts';
import { encodeBinaryEnvelope } from '../../../../protocol/wire/binary-envelope.ts';

/** The header that `madeEnvelope` writes. */
export const madeHeader =
  '{"epoch":0,"sender_id":"helper_agent_001","sequence":4,"session_id":"a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4","timestamp":1790000000}';

/** Returns a binary envelope whose parts are filled with a byte each: signature 1, IV 2, tag 3, ciphertext 4. */
export function madeEnvelope(ciphertext: number): Bytes {
  const [sender, session] = ['helper_agent_001', 'a1b2c3d4'.repeat(4)];
  if (!isAgentId(sender) || !isSessionId(session)) throw new TypeError('no ids');
  const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
  return encodeBinaryEnvelope({
    ...{ session_id: session, sender_id: sender, epoch: 0, sequence: 4, timestamp: 1_790_000_000 },
    signature: filled(64, 1),
    encrypted_payload: { iv: filled(12, 2), tag: filled(16, 3), ciphertext: filled(ciphertext, 4) },
  });
}
