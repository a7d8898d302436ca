import { changeShare, type Shares } from '../../http/server/shares.ts';

/** A connection whose frame is not whole yet. */
interface Begun {
  readonly address: string;
  bytes: number;
  end(): void;
}

/**
 * Counts the bytes of WebSocket frames that are not whole yet, from their first one. Past the share of an address, or past what
 * there is, the connection with the largest frame is ended: one that sends small frames, or whole ones, never is.
 */
export class FrameMemory {
  readonly #most: number;
  readonly #mostOfAddress: number;
  readonly #begun = new Map<object, Begun>();
  readonly #ofAddresses: Shares = new Map();
  #used = 0;

  /** `shareOfAddress` is the part of `most` that one address may have. */
  constructor(most: number, shareOfAddress: number) {
    this.#most = most;
    this.#mostOfAddress = most * shareOfAddress;
  }

  get used(): number {
    return this.#used;
  }

  /** Counts the frames of a connection; `end` ends it. */
  connection(address: string, end: () => void): FrameCount {
    const key = {};
    const add = (bytes: number) => {
      const begun = this.#begun.get(key) ?? { address, bytes: 0, end };
      this.#begun.set(key, begun);
      this.#change(begun, bytes);
      this.#makeRoom(address);
    };
    const whole = () => {
      const begun = this.#begun.get(key);
      if (begun === undefined) return;
      this.#begun.delete(key);
      this.#change(begun, -begun.bytes);
    };
    return { add, whole, bytes: () => this.#begun.get(key)?.bytes ?? 0 };
  }

  #makeRoom(address: string): void {
    if ((this.#ofAddresses.get(address) ?? 0) > this.#mostOfAddress) {
      this.#endLargest((begun) => begun.address === address);
    }
    if (this.#used > this.#most) this.#endLargest(() => true);
  }

  #endLargest(isMeant: (begun: Begun) => boolean): void {
    let largest: [object, Begun] | undefined;
    for (const entry of this.#begun) {
      if (isMeant(entry[1]) && entry[1].bytes > (largest?.[1].bytes ?? 0)) largest = entry;
    }
    if (largest === undefined) return;
    const [key, begun] = largest;
    this.#begun.delete(key);
    this.#change(begun, -begun.bytes);
    begun.end();
  }

  #change(begun: Begun, bytes: number): void {
    begun.bytes += bytes;
    this.#used += bytes;
    changeShare(this.#ofAddresses, begun.address, bytes);
  }
}

/** What one connection counts. */
export interface FrameCount {
  /** `bytes` more have come. */
  add(bytes: number): void;
  /** Notes that the frame is complete, or the connection has ended. */
  whole(): void;
  /** Bytes of the frame that is not whole yet. */
  bytes(): number;
}
