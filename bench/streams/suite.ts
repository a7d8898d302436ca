import type { Network } from '../../src/agent/contracts/ports.ts';
import { MethodRegistry } from '../../src/agent/messages/methods.ts';
import { streamed } from '../../src/agent/streams/answer-kinds.ts';
import { createController } from '../../src/controller/controller.ts';
import { HostedAgent } from '../../src/host/hosted-agent.ts';
import { generateRsa, platformEnvironment, scheduler } from '../../src/platform/platform.ts';
import type { Bytes } from '../../src/protocol/bytes.ts';
import { padmeLength } from '../../src/protocol/wire/padding.ts';
import { createMemoryAgentStore } from '../../src/storage/memory/agent-store.ts';
import { createMemoryControllerStore } from '../../src/storage/memory/controller-store.ts';
import { type Lengths, messageFloor, rawHash } from '../messages/floor.ts';

/** A stream between two agents in memory, and its raw operations alone; in MiB a second. */
export interface StreamRow {
  readonly runtime: string;
  readonly mebibytes: number;
  readonly perSecond: number;
  /** The same of the raw operations on chunks of 256 KiB: AEAD, SHA-256 and Ed25519 of each read and its answer, and the stream's hash at both ends. */
  readonly rawPerSecond: number;
  /** `perSecond / rawPerSecond` */
  readonly share: number;
}

const mebibyte = 1024 * 1024;
const chunk = 256 * 1024;
const controllerUrl = 'https://controller.invalid';
const names = { reader: 'reader_agent_001', owner: 'owner_agent_001' } as const;

/** Reads a stream of `mebibytes` between two agents in this runtime, and does its raw operations alone, in turns. */
export async function runStream(runtime: string, mebibytes = 64, rounds = 3): Promise<StreamRow> {
  const pair = await openPair(mebibytes);
  try {
    const raw = await rawStream();
    await pair.read();
    await raw(8);
    const times = { ours: Number.POSITIVE_INFINITY, raw: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      times.ours = Math.min(times.ours, await timed(() => pair.read()));
      times.raw = Math.min(times.raw, await timed(() => raw(mebibytes)));
    }
    const perSecond = mebibytes / times.ours;
    const rawPerSecond = mebibytes / times.raw;
    return { runtime, mebibytes, perSecond, rawPerSecond, share: perSecond / rawPerSecond };
  } finally {
    await pair.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

/** What a read of a chunk and its answer take: the header, and the JSON beside the bytes, are about as long as these. */
const read: Lengths = { plaintext: padmeLength(290), header: 170 };
const answer: Lengths = { plaintext: padmeLength(200 + chunk), header: 170 };

async function rawStream(): Promise<(mebibytes: number) => Promise<void>> {
  const operations = [...(await messageFloor(read)), ...(await messageFloor(answer))];
  const hash = rawHash(mebibyte);
  return async (mebibytes) => {
    for (let at = 0; at < mebibytes; at++) {
      for (let part = 0; part < mebibyte / chunk; part++) for (const operation of operations) await operation();
      await hash();
      await hash();
    }
  };
}

async function openPair(mebibytes: number) {
  const bytes = new Uint8Array(mebibytes * mebibyte).map((_, at) => at % 251);
  const methods = new MethodRegistry();
  methods.register('film', () => streamed(pieces(bytes), { size: bytes.length, mediaType: 'video/mp4' }));
  const environment = await platformEnvironment();
  const agents = new Map<string, HostedAgent>();
  const controller = createController({
    store: createMemoryControllerStore(),
    clock: environment.now,
    random: environment.random,
    baseUrl: controllerUrl,
    presence: async ({ address }) => agents.has(address),
  });
  const network: Network = {
    send: async (request) => {
      const { origin } = new URL(request.url);
      const to = agents.get(origin);
      return to === undefined ? controller.fetch(request) : to.agent.fetch(request);
    },
  };
  const open = async (agentId: string, address: string, more: { readonly methods?: MethodRegistry } = {}) => {
    const hosted = new HostedAgent({
      ...{ agentId, address, controllerUrl, environment, generateRsa, scheduler, emit: () => undefined, ...more },
      store: createMemoryAgentStore(),
      transport: { kind: 'network', network },
    });
    agents.set(address, hosted);
    await hosted.agent.start();
    return hosted;
  };
  const reader = await open(names.reader, 'https://reader.invalid');
  const owner = await open(names.owner, 'https://owner.invalid', { methods });
  return {
    /** Reads the whole stream, which is checked against its hash as it always is. */
    read: async () => {
      const { body } = await reader.agent.exchange({ peerId: names.owner, method: 'film', parameters: null });
      if (body?.kind !== 'stream') throw new TypeError('The answer is no stream.');
      let length = 0;
      for await (const piece of body.stream) length += piece.length;
      if (length !== bytes.length) throw new RangeError(`${length} bytes have come.`);
    },
    close: async () => {
      await reader.agent.stop();
      await owner.agent.stop();
    },
  };
}

function pieces(bytes: Bytes): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, at + chunk));
      at += chunk;
    },
  });
}
