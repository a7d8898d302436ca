import { toHex } from '../../protocol/bytes.ts';
import { encryptOaep } from '../../protocol/crypto/rsa-oaep.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { helloMembers } from '../../protocol/handshake/full/hello.ts';
import type { CertificatePair, PeerIdentity } from '../../protocol/handshake/identity.ts';
import { generateFullExchangeShares } from '../../protocol/handshake/key-exchange.ts';
import { signMessage } from '../../protocol/handshake/message-signature.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { isAgentId, isSessionId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { parseObject } from '../../protocol/wire/parse.ts';
import type { LabWorld } from '../run/world.ts';

/** As whom a made-up hello speaks, and with which key it is signed. */
export interface Speaker {
  /** The sender_id it claims. */
  readonly agentId: string;
  readonly certificates: CertificatePair;
  readonly signingKey: CryptoKey;
}

const encoder = new TextEncoder();
const kemBytes = { CLIENT_HELLO: 1_184, SERVER_HELLO: 1_088 } as const;

/** Crafts a well-formed CLIENT_HELLO of the attacker's to `peer`, changed by `change` before it is signed. */
export async function craftClientHello(
  world: LabWorld,
  speaker: Speaker,
  peer: PeerIdentity,
  change: (hello: JsonObject) => JsonObject = (same) => same,
): Promise<string> {
  const { subtle, kem } = world.environment;
  const { encapsulationKey } = await kem.generate();
  const unsigned = await members(
    world,
    'CLIENT_HELLO',
    speaker,
    peer,
    toHex(world.environment.random(16)),
    encapsulationKey,
  );
  const th0 = await Transcript.start(subtle);
  return canonicalText(await signMessage(subtle, speaker.signingKey, 'client hello', th0, change(unsigned)));
}

/** Crafts a well-formed SERVER_HELLO of the attacker's that answers `clientHello`; its challenge cannot be right. */
export async function craftServerHello(
  world: LabWorld,
  speaker: Speaker,
  peer: PeerIdentity,
  clientHello: string,
): Promise<string> {
  const { subtle, random } = world.environment;
  const hello = parseObject(encoder.encode(clientHello), limits.handshakeBody);
  const sessionId = typeof hello.session_id === 'string' ? hello.session_id : '';
  const unchallenged = await members(world, 'SERVER_HELLO', speaker, peer, sessionId, random(kemBytes.SERVER_HELLO));
  const challenge = {
    iv: encodeBase64(random(12)),
    ciphertext: encodeBase64(random(32)),
    tag: encodeBase64(random(16)),
  };
  const th1 = await (await Transcript.start(subtle)).with(hello);
  return canonicalText(
    await signMessage(subtle, speaker.signingKey, 'server hello', th1, { ...unchallenged, challenge }),
  );
}

/** Returns `hello` with members changed, signed again by the attacker's key. */
export async function signAgain(
  world: LabWorld,
  hello: string,
  signingKey: CryptoKey,
  change: (hello: JsonObject) => JsonObject,
): Promise<string> {
  const { subtle } = world.environment;
  const { signature: _, ...unsigned } = parseObject(encoder.encode(hello), limits.handshakeBody);
  const th0 = await Transcript.start(subtle);
  return canonicalText(await signMessage(subtle, signingKey, 'client hello', th0, change(unsigned)));
}

async function members(
  world: LabWorld,
  messageType: 'CLIENT_HELLO' | 'SERVER_HELLO',
  { agentId, certificates, signingKey }: Speaker,
  peer: PeerIdentity,
  sessionId: string,
  kemShare: Uint8Array<ArrayBuffer>,
): Promise<JsonObject> {
  if (!isAgentId(agentId) || !isSessionId(sessionId))
    throw new ParleyError('invalid_input', 'The hello cannot be made.');
  const { environment } = world;
  const fresh = await generateFullExchangeShares(environment);
  const encrypted = await encryptOaep(environment.subtle, peer.encryptionKey, fresh.sessionKey);
  // Of the sender only its name and its certificates go into a hello.
  const self = { agentId, certificates, signingKey, decryptionKey: signingKey, keyId: peer.keyId };
  return helloMembers(environment, messageType, { sessionId, self, peer, fresh, encrypted, kemShare });
}
