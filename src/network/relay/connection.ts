import type { Scheduler } from '../../agent/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { isFinalRefusal } from './final-refusals.ts';
import { decodeFromRelay, encodeFrame, type FromRelay, type ToRelay } from './frames.ts';
import type { RelayChallenge } from './line.ts';

/** Milliseconds a relay may take to greet. */
const greetingMs = 10_000;
/** Heartbeats that may be missed before the connection counts as dead. */
const missedBeats = 2.5;

/** Why a connection is over. */
export type Ending = { readonly kind: 'lost' | 'replaced' } | { readonly kind: 'refused'; readonly detail: string };

/** What a connection is given. */
export interface ConnectionOptions {
  readonly relay: string;
  readonly agentId: string;
  readonly address: string;
  prove(challenge: RelayChallenge): Promise<Bytes>;
  serve(request: Request): Promise<Response>;
  readonly scheduler: Scheduler;
  welcomed(): void;
  /** Called once. */
  ended(why: Ending): void;
}

/** One WebSocket to a relay: proves who the agent is, then answers the requests that come over it. */
export class RelayConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  #alarm: { cancel(): void };
  #beatMs = greetingMs;
  #isOver = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#alarm = options.scheduler.after(greetingMs, () => this.#end({ kind: 'lost' }));
    this.#socket = new WebSocket(`${options.relay.replace(/^http/, 'ws')}/relay/connect`);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#hear(data));
    this.#socket.addEventListener('close', () => this.#end({ kind: 'lost' }));
    this.#socket.addEventListener('error', () => this.#end({ kind: 'lost' }));
  }

  close(): void {
    this.#end({ kind: 'lost' });
  }

  #hear(data: unknown): void {
    if (this.#isOver) return;
    this.#listenFor(this.#beatMs * missedBeats);
    try {
      const { header, body } = decodeFromRelay(data);
      this.#act(header, body);
    } catch {
      this.#end({ kind: 'lost' });
    }
  }

  #act(header: FromRelay, body: Bytes): void {
    switch (header.type) {
      case 'challenge':
        void this.#prove(header);
        break;
      case 'welcome':
        this.#beatMs = header.heartbeat_ms;
        this.#options.welcomed();
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'request':
        void this.#serve(header, body);
        break;
      case 'replaced':
        this.#end({ kind: 'replaced' });
        break;
      case 'refused':
        this.#end(isFinalRefusal(header.code) ? { kind: 'refused', detail: header.detail } : { kind: 'lost' });
        break;
      case 'leaving':
        this.#end({ kind: 'lost' }, false);
        break;
      case 'cancel':
        // The agent's work on it cannot be undone; its answer is dropped by the relay.
        break;
    }
  }

  async #prove({ connection, nonce }: Extract<FromRelay, { type: 'challenge' }>): Promise<void> {
    const { relay, agentId, prove } = this.#options;
    try {
      const signature = await prove({ relay, connection, nonce: decodeBase64(nonce) });
      this.#send({ type: 'prove', agent_id: agentId, signature: encodeBase64(signature) });
    } catch {
      this.#end({ kind: 'lost' });
    }
  }

  async #serve(header: Extract<FromRelay, { type: 'request' }>, body: Bytes): Promise<void> {
    const { serve, address } = this.#options;
    const { method, headers } = header;
    let response: Response;
    let answer: Bytes;
    try {
      const url = new URL(address);
      const { pathname, search } = new URL(header.path, url.origin);
      const request = new Request(url.origin + pathname + search, {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        body: header.has_body ? body : null,
      });
      response = await serve(request);
      answer = new Uint8Array(await response.arrayBuffer());
    } catch {
      response = new Response(null, { status: 500 });
      answer = new Uint8Array(0);
    }
    this.#send({ type: 'answer', id: header.id, status: response.status, headers: [...response.headers] }, answer);
  }

  #send(header: ToRelay, body?: Bytes): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(header, body));
  }

  #listenFor(ms: number): void {
    this.#alarm.cancel();
    this.#alarm = this.#options.scheduler.after(ms, () => this.#end({ kind: 'lost' }));
  }

  /** A relay that is leaving still takes the answers of what it asked; it closes the socket by itself. */
  #end(why: Ending, closes = true): void {
    if (closes) this.#socket.close();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#alarm.cancel();
    this.#options.ended(why);
  }
}
