import type { AgentStore, GenerateRsa, Network } from '../../src/agent/contracts/ports.ts';
import { ControllerClient } from '../../src/agent/controller/client.ts';
import { ownIdentity, register } from '../../src/agent/controller/identity.ts';
import { standardLimits } from '../../src/agent/sessions/handshake-memory.ts';
import { createController } from '../../src/controller/controller.ts';
import { HostedAgent } from '../../src/host/hosted-agent.ts';
import { createCertificateVerifier } from '../../src/pki/verifier.ts';
import type { Bytes } from '../../src/protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../src/protocol/crypto/environment.ts';
import { nobleKem } from '../../src/protocol/crypto/noble-kem.ts';
import { platformKem } from '../../src/protocol/crypto/platform-kem.ts';
import type { HandshakeContext } from '../../src/protocol/handshake/context.ts';
import {
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../../src/protocol/handshake/full/initiator.ts';
import type { OwnIdentity, PeerIdentity } from '../../src/protocol/handshake/identity.ts';
import { isAgentId } from '../../src/protocol/ids.ts';
import { encryptMessage } from '../../src/protocol/session/encrypt-message.ts';
import { checkEnvelope, openEnvelope } from '../../src/protocol/session/envelope.ts';
import { readAnswer, readResponse } from '../../src/protocol/session/exchange/exchange.ts';
import { Session } from '../../src/protocol/session/session.ts';
import { unobserved } from '../../src/protocol/trace/events.ts';
import { encodeBase64 } from '../../src/protocol/wire/base64.ts';
import { createMemoryControllerStore } from '../../src/storage/memory/controller-store.ts';

const controllerUrl = 'https://controller.test';
const address = 'https://agent.test';
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const uses = { signing: ['sign', 'verify'], encryption: ['encrypt', 'decrypt'] } as const;

/**
 * How much is measured: sessions with so many peers in turns, from a number at which what is kept of handshakes is full, to three times
 * that; requests of one peer.
 */
const measured = { from: 400, to: 1_200, peers: 64, requests: 2_000 } as const;

/** What sessions and requests cost an agent. Memory is what is in use after a collection, of both heap and buffers. */
export interface SessionsRow {
  readonly runtime: string;
  /** Open sessions between which memory was measured, and peers that have them: what is kept of a peer is in memory before. */
  readonly sessions: { readonly from: number; readonly to: number; readonly peers: number };
  /** Bytes that each session between them adds: the slope, without what is there once. */
  readonly bytesPerSession: number;
  readonly requests: number;
  readonly msPerRequest: number;
  /** Bytes of memory that each request leaves behind, in the second half of them. */
  readonly bytesPerRequest: number;
  /** Bytes on disk that each request leaves behind; none where nobody can tell. */
  readonly diskPerRequest?: number;
  readonly auditEntries: number;
  /** Milliseconds of the first check of the trail, and of another one right after. */
  readonly verify: number;
  readonly verifyAgain: number;
}

/** Measures a stage. `memory` gives bytes in use, `disk` bytes on disk where they are known. */
export async function measureSessions(
  runtime: string,
  stage: Stage,
  memory: () => Promise<number>,
  disk: () => Promise<number | undefined>,
): Promise<SessionsRow> {
  const { from, to, peers, requests } = measured;
  await stage.talk(requests / 10);
  await stage.open(from);
  const before = await memory();
  await stage.open(to - from);
  if (stage.alive() < to)
    throw new TypeError(`Of ${to} sessions, ${stage.alive()} are open: the measure would be wrong.`);
  const bytesPerSession = ((await memory()) - before) / (to - from);
  const diskBefore = await disk();
  const started = performance.now();
  await stage.talk(requests / 2);
  const half = await memory();
  await stage.talk(requests / 2);
  const msPerRequest = (performance.now() - started) / requests;
  const bytesPerRequest = ((await memory()) - half) / (requests / 2);
  const diskAfter = await disk();
  const first = await stage.verify();
  const again = await stage.verify();
  return {
    runtime,
    sessions: { from, to, peers },
    bytesPerSession,
    requests,
    msPerRequest,
    bytesPerRequest,
    ...(diskBefore === undefined || diskAfter === undefined
      ? {}
      : { diskPerRequest: (diskAfter - diskBefore) / requests }),
    auditEntries: first.entries,
    verify: first.ms,
    verifyAgain: again.ms,
  };
}

/** An agent at work and what peers do to it. The peers keep nothing: what stays in memory is the agent's. */
export interface Stage {
  /** Makes sessions with the agent, by its peers in turns. */
  open(sessions: number): Promise<void>;
  /** Returns how many sessions the agent has. */
  alive(): number;
  /** Sends requests over one session. */
  talk(requests: number): Promise<void>;
  /** Checks the agent's audit trail; gives how many entries it has, and the milliseconds that took. */
  verify(): Promise<{ readonly entries: number; readonly ms: number }>;
  /** Stops the agent, whose timers would keep the program. */
  end(): Promise<void>;
}

/** Opens an agent over `store`, and the Controller and peers it needs, all in memory. */
export async function openStage(store: AgentStore, extractable: boolean): Promise<Stage> {
  const { subtle } = crypto;
  const environment: Environment = {
    subtle,
    kem: (await platformKem(subtle)) ?? nobleKem(random),
    random,
    now: Date.now,
    monotonic: () => performance.timeOrigin + performance.now(),
  };
  const controller = createController({
    store: createMemoryControllerStore(),
    clock: environment.now,
    random,
    baseUrl: controllerUrl,
    presence: async () => true,
  });
  const network: Network = {
    send: async (request) => {
      const app = new URL(request.url).origin === controllerUrl ? controller : agent;
      return app.fetch(request);
    },
  };
  const agentId = agentIdOf('bench_agent');
  const { agent } = new HostedAgent({
    agentId,
    address,
    controllerUrl,
    environment,
    generateRsa: (use) => generateRsa(use, extractable),
    store,
    transport: { kind: 'network', network },
    scheduler: {
      after: (ms, task) => {
        const timeout = setTimeout(task, ms);
        return { cancel: () => clearTimeout(timeout) };
      },
    },
    emit: () => undefined,
    // Also the eighth of the places that is kept for verified peers.
    limits: { ...standardLimits, sessions: 1_500 },
  });
  await agent.start();
  const { phase } = agent.snapshot();
  if (phase.phase !== 'ready') throw new TypeError(`The agent did not start: ${JSON.stringify(phase)}`);
  const client = new ControllerClient(network, controllerUrl, environment);
  const { certificate } = await client.agent(agentId);
  const verifyCertificates = createCertificateVerifier({
    caCertificate: await client.caCertificate(),
    revocation: () => undefined,
    unknownStatus: 'accept',
  });
  const asPeer = await verifyCertificates(certificate, unixSeconds(environment));
  const context = contextFor(environment, asPeer);
  const post = async (path: string, body: Bytes): Promise<Bytes> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await agent.fetch(new Request(`${address}${path}`, { method: 'POST', headers, body }));
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!answer.ok) throw new TypeError(`The agent refused: ${new TextDecoder().decode(bytes)}`);
    return bytes;
  };
  const shake = async (own: OwnIdentity) => {
    const hello = await initiateHandshake(context, own, asPeer);
    const confirm = await handleServerHello(context, hello.state, await post('/agent/handshake', hello.body));
    return handleSessionEstablished(context, confirm.state, await post('/agent/handshake', confirm.body));
  };
  const peers: OwnIdentity[] = [];
  for (let number = 0; number < measured.peers; number++) {
    const peerId = agentIdOf(`peer_agent_${number}`);
    const [signing, encryption] = [await generateRsa('signing', false), await generateRsa('encryption', false)];
    const at = `https://peer-${number}.test`;
    const stored = { agentId: peerId, address: at, createdAt: 0, signing, encryption };
    const registration = await register(client, subtle, stored, at, unixSeconds(environment));
    peers.push(await ownIdentity(subtle, stored, registration, verifyCertificates, unixSeconds(environment)));
  }
  let opened = 0;
  return {
    open: async (sessions) => {
      for (let made = 0; made < sessions; made++) {
        const peer = peers[opened % peers.length];
        if (peer !== undefined) await shake(peer);
        opened += 1;
      }
    },
    alive: () => agent.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED').length,
    talk: async (requests) => {
      const [peer] = peers;
      if (peer === undefined) return;
      let session = new Session(await shake(peer));
      for (let sent = 0; sent < requests; sent++) {
        // Before the keys are overdue: this peer updates none.
        if (sent % 800 === 799) session = new Session(await shake(peer));
        const request = {
          message_type: 'REQUEST',
          request_id: encodeBase64(random(12)),
          method: 'echo',
          parameters: { text: 'Hello Helper!' },
          nonce: encodeBase64(random(16)),
        };
        const body = await post('/agent/message', (await encryptMessage(context, session, request)).bytes);
        const checked = await checkEnvelope(context, session, readAnswer({ ok: true, form: 'json', body }));
        readResponse(await openEnvelope(context, session, checked), request.request_id);
      }
    },
    verify: async () => {
      const started = performance.now();
      const { entries, brokenAt, words } = await agent.audit.verify();
      if (brokenAt !== undefined) throw new TypeError(words);
      return { entries, ms: performance.now() - started };
    },
    end: () => agent.stop(),
  };
}

function contextFor(environment: Environment, peer: PeerIdentity): HandshakeContext {
  return {
    environment,
    observe: unobserved,
    verifyCertificates: async () => peer,
    memory: {
      hasNonce: () => false,
      hasSession: () => false,
      requireRoom: () => undefined,
      recordNonce: async () => undefined,
      reserveSession: () => undefined,
    },
  };
}

const generateRsa = (use: Parameters<GenerateRsa>[0], extractable: boolean) =>
  crypto.subtle.generateKey(
    {
      name: use === 'signing' ? 'RSA-PSS' : 'RSA-OAEP',
      modulusLength: 2_048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    extractable,
    uses[use],
  );

function agentIdOf(name: string) {
  if (!isAgentId(name)) throw new TypeError(name);
  return name;
}
