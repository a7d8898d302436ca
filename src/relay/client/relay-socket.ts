import type { RelayChallenge, Scheduler } from '../../agent/contracts/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { bodyScan } from '../../protocol/wire/body-scan.ts';
import type { PrefixScan } from '../../protocol/wire/prefix-scan.ts';
import type { LineEvents, LineNotices } from './connection-events.ts';
import { isFinalRefusal } from './final-refusals.ts';
import { decodeFromRelay, encodeFrame, type FromRelay, subprotocols, type ToRelay, withParts } from './frames.ts';
import { PartReceiver, PartSender } from './parts.ts';

/** Milliseconds a relay may take to greet. */
const greetingMs = 10_000;
/** Heartbeats that may be missed before the connection counts as dead. */
const missedBeats = 2.5;

/** Milliseconds for which a relay that leaves may still be given answers. */
const leavingMs = 60_000;
/** Bytes of requests that may be there in part: a relay that sends more is left. */
const incomingBytes = 96 * 1024 * 1024;

type RequestHeader = Extract<FromRelay, { type: 'request' }>;
type AnswerHeader = Extract<ToRelay, { type: 'answer' }>;

/** Why a connection is over. */
export type Ending =
  | { readonly kind: 'replaced' }
  /** `wasOpen` is false when no WebSocket came about. */
  | { readonly kind: 'lost'; readonly wasOpen: boolean }
  | { readonly kind: 'refused'; readonly detail: string };

/** What a connection is given. */
export interface ConnectionOptions {
  readonly relay: string;
  readonly agentId: string;
  readonly address: string;
  prove(challenge: RelayChallenge): Promise<Bytes>;
  serve(request: Request): Promise<Response>;
  readonly scheduler: Scheduler;
  readonly events: LineEvents | undefined;
  readonly notices: LineNotices | undefined;
  welcomed(): void;
  /** Called once. */
  ended(why: Ending): void;
}

/** One WebSocket to a relay: proves who the agent is, then answers the requests that come over it. */
export class RelaySocket {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #sender = new PartSender<AnswerHeader>((header, part) => this.#send(header, part));
  readonly #receiver = new PartReceiver<RequestHeader>({
    most: limits.messageBody,
    accepts: (_id, bytes) => this.#hasRoom(bytes),
    looksAt: ({ path }) => lookAt(bodyScan(path)),
    whole: (header, body) => {
      this.#incoming = Math.max(0, this.#incoming - body.length);
      void this.#serve(header, body);
    },
    taken: (bytes) => this.#send({ type: 'taken', bytes }),
  });
  /** Bytes of requests that are not whole yet. */
  #incoming = 0;
  /** Requests whose answers somebody waits for. */
  readonly #serving = new Set<number>();
  #alarm: { cancel(): void };
  #beatMs = greetingMs;
  /** True once the line has been told that this connection is over. */
  #isOver = false;
  #wasOpen = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#alarm = options.scheduler.after(greetingMs, () => this.#lose());
    this.#socket = new WebSocket(`${options.relay.replace(/^http/, 'ws')}/relay/connect`, [...subprotocols]);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => {
      this.#wasOpen = true;
    });
    this.#socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#hear(data));
    this.#socket.addEventListener('close', () => this.#lose());
    this.#socket.addEventListener('error', () => this.#lose());
  }

  close(): void {
    this.#lose();
  }

  /** True when bodies travel in parts, and events with them. */
  get #hasParts(): boolean {
    return this.#socket.protocol === withParts;
  }

  #hear(data: unknown): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    try {
      const { header, body } = decodeFromRelay(data);
      this.#act(header, body);
    } catch {
      this.#lose();
    }
    if (!this.#isOver) this.#listenFor(this.#beatMs * missedBeats);
  }

  #act(header: FromRelay, body: Bytes): void {
    switch (header.type) {
      case 'challenge':
        void this.#prove(header);
        break;
      case 'welcome':
        this.#beatMs = header.heartbeat_ms;
        this.#options.welcomed();
        this.#options.events?.began(this.#hasParts);
        this.#options.notices?.began(this.#hasParts);
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'request':
        this.#serving.add(header.id);
        if (this.#hasParts) this.#receiver.begin(header, body);
        else void this.#serve(header, body);
        break;
      case 'part':
        this.#receiver.add(header.id, body, header.more);
        break;
      case 'taken':
        this.#sender.taken(header.bytes);
        break;
      case 'events':
        for (const { event } of header.events) this.#options.events?.heard(event);
        break;
      case 'notice':
        this.#options.notices?.noticed({ inbox: header.inbox, groups: header.groups });
        break;
      case 'replaced':
        this.#end({ kind: 'replaced' });
        break;
      case 'refused':
        if (isFinalRefusal(header.code)) this.#end({ kind: 'refused', detail: header.detail });
        else this.#lose();
        break;
      case 'leaving':
        this.#leave();
        break;
      case 'cancel':
        // The agent's work on it cannot be undone; nobody waits for its answer.
        this.#serving.delete(header.id);
        this.#incoming = Math.max(0, this.#incoming - this.#receiver.drop(header.id));
        this.#sender.drop(header.id);
        break;
    }
  }

  async #prove({ connection, nonce }: Extract<FromRelay, { type: 'challenge' }>): Promise<void> {
    const { relay, agentId, prove } = this.#options;
    try {
      const signature = await prove({ relay, connection, nonce: decodeBase64(nonce) });
      this.#send({ type: 'prove', agent_id: agentId, signature: encodeBase64(signature) });
    } catch {
      this.#lose();
    }
  }

  async #serve(header: RequestHeader, body: Bytes): Promise<void> {
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
    if (!this.#serving.delete(header.id)) return;
    const { status } = response;
    const head: AnswerHeader = { type: 'answer', id: header.id, status, headers: [...response.headers] };
    if (this.#hasParts) this.#sender.send(head, answer);
    else this.#send(head, answer);
  }

  /** True when `bytes` more of requests can be held until they are whole. */
  #hasRoom(bytes: number): boolean {
    if (this.#incoming + bytes > incomingBytes) throw new RangeError('more than any relay carries');
    this.#incoming += bytes;
    return true;
  }

  #send(header: ToRelay, body?: Bytes): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(header, body));
  }

  #listenFor(ms: number): void {
    this.#alarm.cancel();
    this.#alarm = this.#options.scheduler.after(ms, () => this.#lose());
  }

  /** Leaves a relay that is stopping: it still takes the answers to its requests, and closes the socket itself. */
  #leave(): void {
    this.#report({ kind: 'lost', wasOpen: true });
    this.#alarm = this.#options.scheduler.after(leavingMs, () => this.#lose());
  }

  #lose(): void {
    this.#end({ kind: 'lost', wasOpen: this.#wasOpen });
  }

  #end(why: Ending): void {
    this.#socket.close();
    this.#sender.end();
    this.#report(why);
    this.#alarm.cancel();
  }

  #report(why: Ending): void {
    this.#alarm.cancel();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.ended(why);
  }
}

/** Returns a watcher of a body's parts that stops at a beginning that the agent would refuse as a whole. */
function lookAt(scan: PrefixScan | undefined): ((part: Bytes) => 'go on' | 'enough') | undefined {
  if (scan === undefined) return undefined;
  return (part) => {
    try {
      scan.add(part);
      return 'go on';
    } catch (cause) {
      if (cause instanceof ParleyError) return 'enough';
      throw cause;
    }
  };
}
