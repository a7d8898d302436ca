import type { Bytes } from '../../protocol/bytes.ts';
import { importEd25519Key, verifyEd25519 } from '../../protocol/crypto/ed25519.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { constantSignatures, openPair, weakKeys } from '../../protocol/crypto/testing/weak-ed25519.ts';
import type { Established } from '../../protocol/handshake/established.ts';
import { handleServerHello, initiateHandshake } from '../../protocol/handshake/full/initiator.ts';
import { handleClientHello } from '../../protocol/handshake/full/responder.ts';
import { readHandshake } from '../../protocol/handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../../protocol/handshake/resumption/initiator.ts';
import { isSignedResumption } from '../../protocol/handshake/resumption/proofs.ts';
import { handleResumeHello } from '../../protocol/handshake/resumption/responder.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { accepting, makeAgent, runHandshake, testEnvironment } from '../../protocol/properties/testing/fixture.ts';
import { asJson, decryptMessage } from '../../protocol/properties/testing/messages.ts';
import { resumablePair } from '../../protocol/properties/testing/resumptions.ts';
import { readBody, refusal, writeBody } from '../../protocol/properties/testing/tamper.ts';
import { encryptMessage } from '../../protocol/session/encrypt-message.ts';
import { readEnvelope } from '../../protocol/session/envelope.ts';
import { Session } from '../../protocol/session/session.ts';
import { unobserved } from '../../protocol/trace/events.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { reviewEnvelope } from '../../recording/review/envelope.ts';
import { reviewHandshakeMessage } from '../../recording/review/handshake.ts';

/** What a function that verifies made of a vector. */
export interface Outcome {
  readonly by: string;
  readonly vector: string;
  readonly outcome: string | boolean;
}

type Calls = Partial<
  Record<'sign' | 'exportKey', (own: () => Promise<ArrayBuffer>, given: readonly unknown[]) => Promise<ArrayBuffer>>
>;

/** The environment with some calls of its platform answered by others, which may make the platform's own call. */
function answering(environment: Environment, calls: Calls): Environment {
  const subtle = new Proxy(environment.subtle, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...given: readonly unknown[]) => {
        const own = () => Reflect.apply(call, target, given);
        const instead = name === 'sign' || name === 'exportKey' ? calls[name] : undefined;
        return instead === undefined ? own() : instead(own, given);
      };
    },
  });
  return { ...environment, subtle };
}

const isEd25519 = (given: readonly unknown[]) =>
  given.some((one) => one instanceof CryptoKey && one.algorithm.name === 'Ed25519');

/** A platform whose session signing keys are, to everybody else, `publicKey`. */
const withKey = (environment: Environment, publicKey: Bytes): Environment =>
  answering(environment, {
    exportKey: async (own, given) => (isEd25519(given) ? publicKey.slice().buffer : own()),
  });

/** Gives every weak key to everything that takes a peer's session signing key in. */
export async function outcomesOfWeakKeys(): Promise<readonly Outcome[]> {
  const environment = await testEnvironment();
  const { subtle } = environment;
  const [client, server] = [await makeAgent('traveller_001'), await makeAgent('helper_agent_001')];
  const pair = await resumablePair(environment, client, server);
  const outcomes: Outcome[] = [];
  for (const [vector, key] of weakKeys) {
    const tell = async (by: string, attempt: () => unknown) => {
      outcomes.push({ by, vector, outcome: await refusal(attempt) });
    };
    await tell('import', () => importEd25519Key(subtle, key));
    if (key.length !== 32) continue;
    for (const constant of constantSignatures) {
      const th0 = await Transcript.start(subtle);
      const outcome = await isSignedResumption(subtle, key, 'resume hello', th0, {}, constant);
      outcomes.push({ by: 'isSignedResumption', vector, outcome });
    }
    const weak = withKey(environment, key);
    const toServer = accepting(environment, client);
    const hello = await initiateHandshake(accepting(weak, server), client.own, server.asPeer);
    await tell('CLIENT_HELLO', () => handleClientHello(toServer, server.own, readHandshake(hello.body)));
    await tell('review of CLIENT_HELLO', () =>
      reviewHandshakeMessage(accepting(environment, client), 'CLIENT_HELLO', hello.body, hello.body, {}),
    );
    const honest = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    const answer = await handleClientHello(accepting(weak, client), server.own, readHandshake(honest.body));
    await tell('SERVER_HELLO', () => handleServerHello(accepting(environment, server), honest.state, answer.body));
    await tell('review of SERVER_HELLO', () =>
      reviewHandshakeMessage(accepting(environment, server), 'SERVER_HELLO', answer.body, answer.body, {
        clientHello: honest.body,
      }),
    );
    const weakClient = { ...pair.client.context(), environment: weak };
    const resume = await initiateResumption(weakClient, client.own, pair.client.record);
    await tell('RESUME_HELLO', () => handleResumeHello(pair.server.context(), server.own, readHandshake(resume.body)));
    const begun = await initiateResumption(pair.client.context(), client.own, pair.client.record);
    const weakServer = { ...pair.server.context(), environment: weak };
    const accept = await handleResumeHello(weakServer, server.own, readHandshake(begun.body));
    await tell('RESUME_ACCEPT', () => handleResumeAccept(pair.client.context(), begun.state, accept.body));
  }
  return outcomes;
}

/** Gives every forged signature under an ordinary key to everything that verifies one. */
export async function outcomesOfForgeries(): Promise<readonly Outcome[]> {
  const environment = await testEnvironment();
  const { subtle } = environment;
  const [client, server] = [await makeAgent('traveller_001'), await makeAgent('helper_agent_001')];
  const run = await runHandshake(environment, client, server);
  const { privateKey, publicKey, forgeries } = await openPair();
  const peerSigningKey = await importEd25519Key(subtle, publicKey);
  const receiving: Established = { ...run.server, peerSigningKey, peerSigningPublic: publicKey };
  const context = { environment, observe: unobserved };
  let signed: Bytes = new Uint8Array(0);
  const watching = answering(environment, {
    sign: (own, given) => {
      const data = given[2];
      if (data instanceof Uint8Array) signed = new Uint8Array(data);
      return own();
    },
  });
  const sending = new Session({ ...run.client, signingKey: privateKey });
  const { bytes: body } = await encryptMessage({ ...context, environment: watching }, sending, {
    message_type: 'REQUEST',
    request_id: 'r1',
    method: 'echo',
    parameters: null,
    nonce: encodeBase64(new Uint8Array(16)),
  });
  const { hello } = run;
  const clientHello = writeBody({ ...readBody(hello.body), session_signing_key: encodeBase64(publicKey) });
  const outcomes: Outcome[] = [];
  for (const [vector, signature] of await forgeries(signed)) {
    outcomes.push({
      by: 'verifyEd25519',
      vector,
      outcome: await verifyEd25519(subtle, peerSigningKey, signature, signed),
    });
    if (signature.length !== 64) continue;
    const copy = writeBody({ ...readBody(body), signature: encodeBase64(signature) });
    const outcome = await refusal(() => decryptMessage(context, new Session(receiving), readEnvelope(asJson(copy))));
    outcomes.push({ by: 'envelope', vector, outcome });
    const reviewed = await refusal(() =>
      reviewEnvelope(context, { copy: asJson(copy), genuine: asJson(body), isWhole: true }, { clientHello }),
    );
    outcomes.push({ by: 'review of an envelope', vector, outcome: reviewed });
  }
  const genuine = await refusal(() => decryptMessage(context, new Session(receiving), readEnvelope(asJson(body))));
  outcomes.push({ by: 'envelope', vector: 'genuine', outcome: genuine });
  return outcomes;
}
