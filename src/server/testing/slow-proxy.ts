import { connect, createServer, type Server, type Socket } from 'node:net';

/** Milliseconds between two pieces. */
const tickMs = 20;

/** A TCP proxy of so many bytes a second in each direction, which can fall silent without closing anything. */
export class SlowProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  targetPort = 0;
  bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Nothing passes, and nobody is told. */
  isSilent = false;
  connections = 0;

  private constructor() {
    this.#server = createServer((near) => {
      this.connections += 1;
      const far = connect(this.targetPort, 'localhost');
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  static async start(): Promise<SlowProxy> {
    const proxy = new SlowProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, 'localhost', resolve));
    return proxy;
  }

  get url(): string {
    const at = this.#server.address();
    return `http://localhost:${typeof at === 'object' ? at?.port : 0}`;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => from.destroy());
    from.once('close', () => {
      this.#sockets.delete(from);
      clearInterval(ticking);
      to.destroy();
    });
    // Nothing is read ahead: what does not pass waits with its sender.
    from.pause();
    let before = performance.now();
    const ticking = setInterval(() => {
      const now = performance.now();
      const allowed = Math.ceil((this.bytesPerSecond * (now - before)) / 1_000);
      before = now;
      if (this.isSilent || to.writableNeedDrain) return;
      const most = Math.min(from.readableLength, allowed);
      const chunk: unknown = most === 0 ? from.read(0) : from.read(most);
      if (chunk instanceof Uint8Array) to.write(chunk);
    }, tickMs);
  }
}
