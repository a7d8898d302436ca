import { type Bytes, toHex } from '../../bytes.ts';
import type { Environment } from '../../crypto/environment.ts';
import type { HandshakeContext } from '../../handshake/context.ts';
import type { Established } from '../../handshake/established.ts';
import { readHandshake } from '../../handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../../handshake/resumption/initiator.ts';
import type { ResumptionContext, ResumptionMemory, ResumptionRecord } from '../../handshake/resumption/record.ts';
import { handleResumeHello } from '../../handshake/resumption/responder.ts';
import { resumptionOf } from '../../session/exchange/resumption.ts';
import { Session } from '../../session/session.ts';
import { accepting, runHandshake, type TestAgent, type TestMemory } from './fixture.ts';

/** The records of an agent, open to look at. */
class TestResumptions implements ResumptionMemory {
  readonly records: Map<string, ResumptionRecord>;
  readonly decoy: ResumptionMemory['decoy'];

  constructor(records: readonly ResumptionRecord[], decoy: ResumptionMemory['decoy']) {
    this.records = new Map(records.map((record) => [toHex(record.id), record]));
    this.decoy = decoy;
  }

  find(id: Bytes): ResumptionRecord | undefined {
    return this.records.get(toHex(id));
  }
  async take(id: Bytes): Promise<boolean> {
    return this.records.delete(toHex(id));
  }
}

/** One side of a session that can be resumed. */
export interface ResumableSide {
  readonly agent: TestAgent;
  readonly session: Session;
  readonly record: ResumptionRecord;
  /** A context that has the record, and remembers nothing yet. */
  context(change?: Partial<ResumptionRecord>): TestContext;
}

type TestContext = HandshakeContext & {
  readonly memory: TestMemory;
  readonly resumptions: TestResumptions;
};

/** Both sides of a session from a full handshake. */
export async function resumablePair(
  environment: Environment,
  client: TestAgent,
  server: TestAgent,
): Promise<{ readonly client: ResumableSide; readonly server: ResumableSide }> {
  const run = await runHandshake(environment, client, server);
  return {
    client: await sideOf(environment, client, server, run.client),
    server: await sideOf(environment, server, client, run.server),
  };
}

async function sideOf(
  environment: Environment,
  agent: TestAgent,
  peer: TestAgent,
  established: Established,
): Promise<ResumableSide> {
  const session = new Session(established);
  const record = await resumptionOf(environment, session);
  const mac = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;
  const key = await environment.subtle.importKey('raw', environment.random(32), mac, false, ['sign', 'verify']);
  return {
    agent,
    session,
    record,
    context: (change = {}) => ({
      ...accepting(environment, peer),
      resumptions: new TestResumptions([{ ...record, ...change }], {
        key,
        peerSigningPublic: record.peerSigningPublic,
      }),
    }),
  };
}

/** One resumption, step by step: each message, and both sides' session. */
export async function runResumption(
  initiator: ResumableSide,
  responder: ResumableSide,
  contexts: { readonly initiator: ResumptionContext; readonly responder: ResumptionContext } = {
    initiator: initiator.context(),
    responder: responder.context(),
  },
) {
  const hello = await initiateResumption(contexts.initiator, initiator.agent.own, initiator.record);
  const accept = await handleResumeHello(contexts.responder, responder.agent.own, readHandshake(hello.body));
  const session = await handleResumeAccept(contexts.initiator, hello.state, accept.body);
  return { hello, accept, client: session, server: accept.state.established };
}
