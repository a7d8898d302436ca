import { WebSocket } from 'ws';
import { answerChallenge, makeRegistrant, type Registrant, registration } from '../../controller/testing/registrant.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { signRelayClaim } from '../../relay/claim.ts';
import { decodeFromRelay, encodeFrame, type FromRelay, type ToRelay } from '../../relay/client/frames.ts';

/** Registers an agent_id with a server, with keys that are given or made; what it registered with. */
export async function registerRaw(server: string, agentId: string, keys?: Registrant): Promise<Registrant> {
  const address = `${server}/agents/${agentId}`;
  const registrant = { ...(keys ?? (await makeRegistrant(agentId, address))), agentId, address };
  const signing = { controller: server, timestamp: Math.floor(Date.now() / 1_000) };
  const started = await postJson(`${server}/controller/register`, await registration(registrant, signing));
  const begun = await started.json();
  const confirmed = await postJson(`${server}/controller/register/${begun.registration_id}/confirm`, {
    challenge_response: await answerChallenge(registrant, begun, server),
  });
  if (confirmed.status !== 201) throw new TypeError(`not registered: ${confirmed.status}`);
  return registrant;
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** A connection to a relay, frame by frame: what a tab would never do can be done with it. */
export class RawConnection {
  readonly socket: WebSocket;
  readonly frames: FromRelay[] = [];
  readonly closed: Promise<number>;
  readonly #heard = new Set<() => void>();

  constructor(server: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(`${server.replace(/^http/, 'ws')}/relay/connect`, { headers });
    this.socket.binaryType = 'arraybuffer';
    this.socket.on('message', (data: unknown) => {
      this.frames.push(decodeFromRelay(data).header);
      for (const look of this.#heard) look();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** The first frame of a type that has come or will come. */
  async frame<Type extends FromRelay['type']>(type: Type): Promise<Extract<FromRelay, { type: Type }>> {
    const isWanted = (frame: FromRelay): frame is Extract<FromRelay, { type: Type }> => frame.type === type;
    return new Promise((resolve) => {
      const look = () => {
        const found = this.frames.find(isWanted);
        if (found === undefined) return;
        this.#heard.delete(look);
        resolve(found);
      };
      this.#heard.add(look);
      look();
    });
  }

  send(header: ToRelay, body?: Uint8Array): void {
    this.socket.send(encodeFrame(header, body));
  }

  /** Proves to be `agentId` with somebody's key, over the challenge for `relay`. */
  async prove({ signing }: Registrant, agentId: string, relay: string): Promise<void> {
    const { connection, nonce } = await this.frame('challenge');
    await this.proveOver(signing, agentId, relay, connection, nonce);
  }

  async proveOver(
    { privateKey }: CryptoKeyPair,
    agentId: string,
    relay: string,
    connection: string,
    nonce: string,
  ): Promise<void> {
    if (!isAgentId(agentId)) throw new TypeError(agentId);
    const claim = { agentId, relay, connection, nonce: decodeBase64(nonce) };
    const signature = encodeBase64(await signRelayClaim(crypto.subtle, privateKey, claim));
    this.send({ type: 'prove', agent_id: agentId, signature });
  }
}
