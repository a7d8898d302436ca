import type { Bytes } from '../src/protocol/bytes.ts';
import { unixSeconds } from '../src/protocol/crypto/environment.ts';
import type { HandshakeContext } from '../src/protocol/handshake/context.ts';
import type { Established } from '../src/protocol/handshake/established.ts';
import {
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../src/protocol/handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../src/protocol/handshake/full/responder.ts';
import { readHandshake } from '../src/protocol/handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../src/protocol/handshake/resumption/initiator.ts';
import type { ResumptionContext, ResumptionRecord } from '../src/protocol/handshake/resumption/record.ts';
import { handleResumeHello } from '../src/protocol/handshake/resumption/responder.ts';
import { encryptMessage } from '../src/protocol/session/encrypt-message.ts';
import { checkEnvelope, openEnvelope, type ReceivedPayload, readEnvelope } from '../src/protocol/session/envelope.ts';
import { encryptResponse, readRequest, readResponse } from '../src/protocol/session/exchange/exchange.ts';
import { resumptionOf } from '../src/protocol/session/exchange/resumption.ts';
import { Session } from '../src/protocol/session/session.ts';
import { encodeBase64 } from '../src/protocol/wire/base64.ts';
import type { MessageBody } from '../src/protocol/wire/envelope-form.ts';
import type { JsonObject } from '../src/protocol/wire/json.ts';
import { type BenchAgent, contextFor, makeAgent } from './agents.ts';
import { measure, type Row } from './measure.ts';
import { type Cryptography, recordingPlatform } from './recorder.ts';

/** Both agents and what each is handed. */
interface Line {
  readonly client: Side;
  readonly server: Side;
}

interface Side {
  readonly agent: BenchAgent;
  readonly context: HandshakeContext;
}

/** Measures a handshake, a resumption and two sizes of message in this runtime, both sides in memory. */
export async function runSuite(runtime: string): Promise<readonly Row[]> {
  const platform = await recordingPlatform(random);
  const client = await makeAgent('traveller_001', random);
  const server = await makeAgent('helper_agent_001', random);
  const line = (cryptography: Cryptography): Line => {
    const environment = { ...cryptography, random, now: Date.now, monotonic: () => performance.now() };
    return {
      client: { agent: client, context: contextFor(environment, server) },
      server: { agent: server, context: contextFor(environment, client) },
    };
  };
  const plain = line(platform.plain);
  const recording = line(platform.recording);
  const rows: Row[] = [];
  const add = async (name: string, work: (over: Line) => Promise<unknown>) => {
    const floor = await platform.record(() => work(recording));
    rows.push(await measure({ name, work: () => work(plain), floor }, runtime, effort));
  };
  await add('handshake', handshake);
  await add('resumption', await resumptions(plain));
  await add('message 256 B', messages(256, await handshake(plain)));
  await add('message 64 KiB', messages(65_536, await handshake(plain)));
  return rows;
}

const effort = { rounds: 40, roundMs: 50 };

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A whole handshake; gives what each side holds afterwards. */
async function handshake({ client, server }: Line): Promise<readonly [Established, Established]> {
  const hello = await initiateHandshake(client.context, client.agent.own, server.agent.asPeer);
  const answer = await handleClientHello(server.context, server.agent.own, readHandshake(hello.body));
  const confirm = await handleServerHello(client.context, hello.state, answer.body);
  const established = await handleClientConfirm(server.context, answer.state, readHandshake(confirm.body));
  return [await handleSessionEstablished(client.context, confirm.state, established.body), established.state];
}

/** Resumes the same session again and again, which agents never do: each side keeps what resumes it. */
async function resumptions(line: Line): Promise<(over: Line) => Promise<unknown>> {
  const [ours, theirs] = await handshake(line);
  const kept = async ({ context }: Side, established: Established) =>
    resumptionOf(context.environment, new Session(established));
  const [near, far] = await Promise.all([kept(line.client, ours), kept(line.server, theirs)]);
  const lasting = ({ context }: Side, record: ResumptionRecord): ResumptionContext => ({
    ...context,
    resumptions: { find: () => record, take: async () => true, decoy: record },
  });
  return async ({ client, server }) => {
    const initiator = lasting(client, near);
    const hello = await initiateResumption(initiator, client.agent.own, near);
    const accept = await handleResumeHello(lasting(server, far), server.agent.own, readHandshake(hello.body));
    await handleResumeAccept(initiator, hello.state, accept.body);
  };
}

/** Sends a request whose parameters hold `size` bytes of text, answered by as many, over one session. */
function messages(size: number, [ours, theirs]: readonly [Established, Established]) {
  const near = new Session(ours);
  const far = new Session(theirs);
  const text = 'Hello Helper! '.repeat(size / 14 + 1).slice(0, size);
  let requests = 0;
  return async ({ client, server }: Line) => {
    const request = {
      message_type: 'REQUEST',
      request_id: `request-${requests++}`,
      method: 'echo',
      parameters: { text },
      nonce: encodeBase64(random(16)),
    };
    // As an agent does: what it costs is part of what a message costs.
    const now = unixSeconds(client.context.environment);
    if (near.live(now).epoch.due(now) === 'due') {
      const step = near.startKeyUpdate(client.context, () => `update-${requests}`);
      if (step.kind === 'send') {
        const update = await step.message;
        await near.finishKeyUpdate(client.context, step.epoch, await exchanged(client, server, update));
      }
    }
    await exchanged(client, server, request);
  };

  async function exchanged(client: Side, server: Side, message: JsonObject & { readonly request_id: string }) {
    const isData = message.message_type === 'REQUEST';
    const asked = await decrypted(server, far, await encryptMessage(client.context, near, message, { isData }));
    const asking = readRequest(server.context, far, asked);
    const { value, json, epoch } = asking;
    const response =
      value.message_type === 'KEY_UPDATE'
        ? await far.answerKeyUpdate(server.context, { value, json, epoch })
        : {
            message_type: 'RESPONSE',
            request_id: value.request_id,
            status: 'SUCCESS',
            result: value.message_type === 'REQUEST' ? value.parameters : null,
          };
    const answer = await encryptResponse(server.context, far, asking, { json: response });
    return readResponse(await decrypted(client, near, answer), message.request_id);
  }
}

async function decrypted({ context }: Side, session: Session, body: MessageBody): Promise<ReceivedPayload> {
  return openEnvelope(context, session, await checkEnvelope(context, session, readEnvelope(body)));
}
