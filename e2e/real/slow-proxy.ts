import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline, Transform, type TransformCallback } from 'node:stream';

/** Stands between pages and their server, counts the bytes that pass, and lets them pass as slowly as a test needs it. */
export class SlowProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targetPort = 0;
  /** Bytes a second and connection, in each direction; as fast as they come while it is undefined. */
  rate: number | undefined;
  /** Bytes that have passed: from the pages, and to them. */
  readonly passed = { up: 0, down: 0 };

  private constructor() {
    this.#server = createServer((socket) => this.#carry(socket));
  }

  static async start(targetPort: number): Promise<SlowProxy> {
    const proxy = new SlowProxy();
    proxy.#targetPort = targetPort;
    await new Promise<void>((resolve) => proxy.#server.listen(0, 'localhost', resolve));
    return proxy;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #carry(page: Socket): void {
    const server = connect(this.#targetPort, 'localhost');
    for (const socket of [page, server]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    pipeline(page, this.#slowly('up'), server, this.#slowly('down'), page, () => {
      page.destroy();
      server.destroy();
    });
  }

  #slowly(way: 'up' | 'down'): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done: TransformCallback) => {
        this.passed[way] += chunk.length;
        const wait = this.rate === undefined ? 0 : (1_000 * chunk.length) / this.rate;
        if (wait === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), wait);
      },
    });
  }
}
