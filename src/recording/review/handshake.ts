import type { Bytes, KeyId } from '../../protocol/bytes.ts';
import { importEd25519Key } from '../../protocol/crypto/ed25519.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { HandshakeContext } from '../../protocol/handshake/context.ts';
import {
  checkHelloCertificate,
  checkHelloTime,
  checkNonceUnseen,
  checkRecipient,
} from '../../protocol/handshake/hello-checks.ts';
import { checkMessageSignature } from '../../protocol/handshake/message-signature.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import {
  type ClientHello,
  clientConfirm,
  clientHello,
  type ServerHello,
  serverHello,
  sessionEstablished,
} from '../../protocol/wire/handshake-messages.ts';
import { type Parsed, parseHandshakeObject, parseMessage } from '../../protocol/wire/parse.ts';

/** The messages before the one that is reviewed, as its receiver had them: of a handshake, or of a resumption. */
export interface Earlier {
  readonly clientHello?: Bytes;
  readonly serverHello?: Bytes;
  readonly resumeHello?: Bytes;
  readonly resumeAccept?: Bytes;
}

/**
 * Runs every check of the protocol page, section 3, that needs no secret on a copy of a message, in the receiver's order and
 * by the receiver's own functions. `genuine` is the message that was accepted: it says which key id the receiver had. Rejects
 * with the code of the first check that fails; the observer of `context` hears of each.
 */
export async function reviewHandshakeMessage(
  context: HandshakeContext,
  message: 'CLIENT_HELLO' | 'SERVER_HELLO' | 'CLIENT_CONFIRM' | 'SESSION_ESTABLISHED',
  copy: Bytes,
  genuine: Bytes,
  earlier: Earlier,
): Promise<void> {
  const steps = new StepRecorder(context.environment, context.observe, message);
  switch (message) {
    case 'CLIENT_HELLO':
      return reviewHello(
        context,
        steps,
        () => parseMessage(clientHello, read(copy)),
        parseMessage(clientHello, read(genuine)).value,
        earlier,
      );
    case 'SERVER_HELLO':
      return reviewHello(
        context,
        steps,
        () => parseMessage(serverHello, read(copy)),
        parseMessage(serverHello, read(genuine)).value,
        earlier,
      );
    case 'CLIENT_CONFIRM':
      return reviewConfirm(context, steps, copy, earlier);
    case 'SESSION_ESTABLISHED': {
      const { value } = await steps.check('shape', () => parseMessage(sessionEstablished, read(copy)));
      const expected = parseMessage(clientHello, read(required(earlier.clientHello))).value.session_id;
      await steps.check('session_id', () => requireSession(value.session_id, expected));
      return;
    }
  }
}

async function reviewHello(
  context: HandshakeContext,
  steps: StepRecorder,
  parse: () => Parsed<ClientHello | ServerHello>,
  genuine: ClientHello | ServerHello,
  earlier: Earlier,
): Promise<void> {
  const { subtle } = context.environment;
  const { json, value: hello } = await steps.check('shape', parse);
  const receiver: { agentId: ClientHello['recipient_id']; keyId: KeyId } = {
    agentId: genuine.recipient_id,
    keyId: genuine.recipient_key_id,
  };
  await steps.check('recipient', () => checkRecipient(hello, receiver));
  await checkHelloTime(context, steps, hello);
  await steps.check('nonce', () => checkNonceUnseen(context, hello));
  if (genuine.message_type === 'SERVER_HELLO') {
    await steps.check('session_id', () => requireSession(hello.session_id, genuine.session_id));
  }
  const peer = await checkHelloCertificate(context, steps, hello);
  await steps.check('signature', async () => {
    const th0 = await Transcript.start(subtle);
    const isFirst = genuine.message_type === 'CLIENT_HELLO';
    const th = isFirst ? th0 : await th0.with(read(required(earlier.clientHello)));
    const label = isFirst ? 'client hello' : 'server hello';
    await checkMessageSignature(subtle, peer.verifyKey, label, th, json, hello.signature);
  });
  await reviewSigningKey(steps, subtle, hello.session_signing_key);
}

/** Records a failed key exchange for a session signing key that is refused. What else belongs to the exchange needs secrets. */
export async function reviewSigningKey(steps: StepRecorder, subtle: Subtle, publicKey: Bytes): Promise<void> {
  const refused = await importEd25519Key(subtle, publicKey).then(() => undefined, asParleyError);
  if (refused === undefined) return;
  await steps.check('key_exchange', () => {
    throw refused;
  });
}

async function reviewConfirm(
  context: HandshakeContext,
  steps: StepRecorder,
  copy: Bytes,
  earlier: Earlier,
): Promise<void> {
  const { subtle, now } = context.environment;
  const { json, value } = await steps.check('shape', () => parseMessage(clientConfirm, read(copy)));
  const helloJson = read(required(earlier.clientHello));
  const hello = parseMessage(clientHello, helloJson).value;
  await steps.check('session_id', () => requireSession(value.session_id, hello.session_id));
  const peer = await context.verifyCertificates(hello.my_certificate, Math.floor(now() / 1_000));
  await steps.check('signature', async () => {
    const th1 = await (await Transcript.start(subtle)).with(helloJson);
    const th2 = await th1.with(read(required(earlier.serverHello)));
    await checkMessageSignature(subtle, peer.verifyKey, 'client confirm', th2, json, value.signature);
  });
}

/** Returns the JCS of a body, to show it. Throws `malformed_message` for a body that is not a message. */
export function canonicalBody(body: Bytes): string {
  return canonicalText(read(body));
}

function read(body: Bytes) {
  return parseHandshakeObject(body);
}

function requireSession(found: string, expected: string): void {
  if (found !== expected) throw new ParleyError('session_conflict', 'The message belongs to another handshake.');
}

function required(body: Bytes | undefined): Bytes {
  if (body === undefined)
    throw new ParleyError(
      'invalid_input',
      'An earlier message of this handshake is not recorded, so this cannot be checked.',
    );
  return body;
}
