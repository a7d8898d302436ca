import type { StoredResumption } from '../../agent/contracts/resumption-store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { generateKeyExchangeShares } from '../../protocol/handshake/key-exchange.ts';
import { helloBinder, signResumption } from '../../protocol/handshake/resumption/proofs.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { LabWorld } from '../run/world.ts';

/** Crafts a well-formed RESUME_HELLO of the attacker's, with the keys of `record`, between the two that it names. */
export async function craftResumeHello(
  world: LabWorld,
  record: StoredResumption | undefined,
  { senderId, recipientId }: { readonly senderId: string; readonly recipientId: string },
): Promise<string> {
  if (record === undefined) throw new ParleyError('invalid_input', 'There is nothing to resume.');
  const { environment } = world;
  const { subtle, kem, random } = environment;
  const [fresh, { encapsulationKey }] = await Promise.all([generateKeyExchangeShares(environment), kem.generate()]);
  const unsigned = {
    message_type: 'RESUME_HELLO',
    protocol: 'parley/1',
    session_id: toHex(random(16)),
    resumption_id: record.resumptionId,
    sender_id: senderId,
    recipient_id: recipientId,
    nonce: encodeBase64(fresh.nonce),
    timestamp: unixSeconds(environment),
    key_shares: { x25519: encodeBase64(fresh.x25519.publicKey), ml_kem_768: encodeBase64(encapsulationKey) },
    session_signing_key: encodeBase64(fresh.signing.publicKey),
  };
  const th0 = await Transcript.start(subtle);
  const signed = await signResumption(subtle, record.signingKey, 'resume hello', th0, unsigned);
  return canonicalText({ ...signed, binder: encodeBase64(await helloBinder(subtle, record.key, signed)) });
}
