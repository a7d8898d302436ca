import type { Bytes } from '../src/protocol/bytes.ts';
import type { Established } from '../src/protocol/handshake/established.ts';
import { readHandshake } from '../src/protocol/handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../src/protocol/handshake/resumption/initiator.ts';
import type { ResumptionContext, ResumptionRecord } from '../src/protocol/handshake/resumption/record.ts';
import { handleResumeHello } from '../src/protocol/handshake/resumption/responder.ts';
import { resumptionOf } from '../src/protocol/session/exchange/resumption.ts';
import { Session } from '../src/protocol/session/session.ts';
import { contextFor, makeAgent } from './agents.ts';
import { measure, type Row } from './measure.ts';
import { handshake, type Line, type Side } from './messages/line.ts';
import { type Cryptography, recordingPlatform } from './recorder.ts';

/** Measures a handshake and a resumption in this runtime, both sides in memory. */
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
  return rows;
}

const effort = { rounds: 60, roundMs: 25 };

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
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
