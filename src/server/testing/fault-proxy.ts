import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What the proxy does to a request for an agent, and to how many in a hundred. */
const faults = {
  /** It never arrives. */
  dropped: 10,
  /** It arrives twice, the second time while the first is being answered. */
  duplicated: 10,
  /** It arrives five seconds later. */
  delayed: 10,
  /** Half of its body arrives. */
  truncatedRequest: 5,
  /** Half of its answer arrives. */
  truncatedAnswer: 5,
  /** It is answered, and the connection is cut before the answer arrives. */
  cut: 10,
} as const;

type Fault = keyof typeof faults;

const standardDelayMs = 5_000;
/** Requests between two cuts of the agents' own connections. */
const cutLinesEvery = 60;

/** Stands between agents and their server, and harms what passes. */
export class FaultProxy {
  readonly #server: Server;
  readonly #lines = new Set<Duplex>();
  readonly counts = new Map<Fault | 'cutLine', number>();
  /** Nothing is harmed while this is false. */
  isHarmful = false;
  target = '';
  delayMs = standardDelayMs;
  #seen = 0;
  /** A generator of its own (mulberry32), so that a run can be repeated. */
  #state = 20_261_124;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
    this.#server.on('upgrade', (incoming, socket, head) => this.#carryLine(incoming, socket, head));
  }

  static async start(): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, 'localhost', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  end(): void {
    for (const line of this.#lines) line.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    incoming.on('error', () => outgoing.destroy());
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const isForAgent = incoming.method === 'POST' && incoming.url?.includes('/agent/') === true;
    const fault = this.isHarmful && isForAgent ? this.#nextFault() : undefined;
    if (fault !== undefined) this.#count(fault);
    if (this.isHarmful && isForAgent && ++this.#seen % cutLinesEvery === 0) this.#cutLine();
    switch (fault) {
      case 'dropped':
        outgoing.destroy();
        return;
      case 'delayed':
        setTimeout(() => this.#forward(incoming, body, outgoing), this.delayMs);
        return;
      case 'duplicated':
        this.#forward(incoming, body, outgoing);
        this.#forward(incoming, body, undefined);
        return;
      case 'truncatedRequest':
        this.#forward(incoming, body.subarray(0, body.length / 2), outgoing);
        return;
      default:
        this.#forward(incoming, body, outgoing, fault);
    }
  }

  /** Sends a request on; what is answered goes back whole, in half, or not at all. */
  #forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse | undefined, fault?: Fault): void {
    const headers = { ...incoming.headers, 'content-length': String(body.length) };
    const forwarded = request(this.target + (incoming.url ?? ''), { method: incoming.method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('error', () => outgoing?.destroy());
      if (fault === undefined && outgoing !== undefined) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const whole = Buffer.concat(chunks);
        if (fault === 'truncatedAnswer') {
          const length = String(whole.length);
          outgoing?.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': length });
          outgoing?.write(whole.subarray(0, whole.length / 2), () => outgoing.destroy());
        } else {
          outgoing?.destroy();
        }
      });
    });
    forwarded.on('error', () => outgoing?.destroy());
    outgoing?.once('close', () => {
      if (!outgoing.writableEnded && fault === undefined) forwarded.destroy();
    });
    forwarded.end(body);
  }

  #carryLine(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { hostname, port } = new URL(this.target);
    const server: Socket = connect(Number(port), hostname, () => {
      const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`);
      server.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      server.write(head);
      socket.pipe(server).pipe(socket);
    });
    this.#lines.add(socket);
    const end = () => {
      this.#lines.delete(socket);
      server.destroy();
      socket.destroy();
    };
    for (const side of [socket, server]) {
      side.on('error', end);
      side.on('close', end);
    }
  }

  /** Cuts the connection over which an agent is reached. */
  #cutLine(): void {
    const [line] = this.#lines;
    if (line === undefined) return;
    this.#count('cutLine');
    line.destroy();
  }

  #count(fault: Fault | 'cutLine'): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  #nextFault(): Fault | undefined {
    let rest = this.#chance() * 100;
    for (const fault of Object.keys(faults)) {
      if (!isFault(fault)) continue;
      rest -= faults[fault];
      if (rest < 0) return fault;
    }
    return undefined;
  }

  #chance(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function isFault(name: string): name is Fault {
  return Object.hasOwn(faults, name);
}
