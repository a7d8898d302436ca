import type { Bytes } from '../src/protocol/bytes.ts';
import type { Environment } from '../src/protocol/environment.ts';
import type { HandshakeContext } from '../src/protocol/handshake/context.ts';
import type { Established } from '../src/protocol/handshake/established.ts';
import { handleServerHello, handleSessionEstablished, initiateHandshake } from '../src/protocol/handshake/initiator.ts';
import { readHandshake } from '../src/protocol/handshake/received.ts';
import { handleClientConfirm, handleClientHello } from '../src/protocol/handshake/responder.ts';
import { receiveEncryptedMessage, sendEncryptedMessage } from '../src/protocol/session/exchange.ts';
import { Session } from '../src/protocol/session/session.ts';
import { encodeBase64 } from '../src/protocol/wire/base64.ts';
import { type BenchAgent, contextFor, makeAgent } from './agents.ts';
import { measure, type Row } from './measure.ts';
import { type RecordingPlatform, recordingPlatform } from './recorder.ts';

interface Side {
  readonly agent: BenchAgent;
  readonly context: HandshakeContext;
}

/** Measures a handshake and two sizes of message in this runtime, both sides in memory. */
export async function runSuite(runtime: string): Promise<readonly Row[]> {
  const platform = await recordingPlatform(random);
  const environment: Environment = {
    subtle: platform.subtle,
    kem: platform.kem,
    random,
    now: () => Date.now(),
    monotonic: () => performance.now(),
  };
  const [traveller, helper] = await Promise.all([
    makeAgent('traveller_001', random),
    makeAgent('helper_agent_001', random),
  ]);
  const client = { agent: traveller, context: contextFor(environment, helper) };
  const server = { agent: helper, context: contextFor(environment, traveller) };
  const handshakes = { name: 'handshake', work: () => handshake(client, server) };
  const rows = [await measure({ ...handshakes, floor: await platform.record(handshakes.work) }, runtime, effort)];
  for (const [name, size] of messages) rows.push(await measureMessage(name, size, platform, client, server, runtime));
  return rows;
}

const effort = { rounds: 40, roundMs: 50 };
const messages = [
  ['message 256 B', 256],
  ['message 64 KiB', 65_536],
] as const;

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A whole handshake; gives what each side holds afterwards. */
async function handshake(client: Side, server: Side): Promise<readonly [Established, Established]> {
  const hello = await initiateHandshake(client.context, client.agent.own, server.agent.asPeer);
  const answer = await handleClientHello(server.context, server.agent.own, readHandshake(hello.body));
  const confirm = await handleServerHello(client.context, hello.state, answer.body);
  const established = await handleClientConfirm(server.context, answer.state, readHandshake(confirm.body));
  return [await handleSessionEstablished(client.context, confirm.state, established.body), established.state];
}

/** A request whose parameters hold `size` bytes of text, answered by as many. */
async function measureMessage(
  name: string,
  size: number,
  platform: RecordingPlatform,
  client: Side,
  server: Side,
  runtime: string,
): Promise<Row> {
  const [ours, theirs] = await handshake(client, server);
  const near = new Session(ours);
  const far = new Session(theirs);
  const text = 'Hello Helper! '.repeat(size / 14 + 1).slice(0, size);
  let requests = 0;
  const work = async () => {
    const request = {
      message_type: 'REQUEST',
      request_id: `request-${requests++}`,
      method: 'echo',
      parameters: { text },
      nonce: encodeBase64(random(16)),
    };
    await sendEncryptedMessage(client.context, near, request, async (body) => {
      const answer = await receiveEncryptedMessage(
        server.context,
        body,
        () => far,
        async (_session, message) => ({
          message_type: 'RESPONSE',
          request_id: message.request_id,
          status: 'SUCCESS',
          result: message.message_type === 'REQUEST' ? message.parameters : null,
        }),
      );
      return { ok: true, body: answer.body };
    });
  };
  return measure({ name, work, floor: await platform.record(work) }, runtime, effort);
}
