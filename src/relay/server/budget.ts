import { LimitReached } from '../../http/limit-reached.ts';
import { Crumbs } from '../../http/server/crumbs.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import { FrameMemory } from './frame-memory.ts';
import { type ShareOfAddress, standardRelayLimits } from './limits.ts';
import { type Owner, Pot } from './pot.ts';

/** Part of all bytes that is kept for handshakes, and for bodies of at most `smallBytes`: large ones never take it. */
const partOfHandshakes = 1 / 16;
const partOfSmall = 1 / 8;
const smallBytes = 64 * 1024;
/** Bytes for WebSocket frames that are not whole yet, as a part of all bytes and beside them. */
const partOfFrames = 1 / 4;
/** Milliseconds between two looks for what does not move, as a part of the window. */
const sweepsPerWindow = 4;
/** Bytes that have to move in each window of time, or what moves them is let go. */
const leastBytes = 16 * 1024;
/** Bytes a second that have to move on average, and the milliseconds after which that is looked at. */
const leastRate = 32 * 1024;
const leastRateAfterMs = 30_000;
/** Milliseconds without a byte, or since a slow beginning, after which something may be let go for others. */
const stalledMs = 1_000;
const slowAfterMs = 2_000;
const slowRate = 8 * 1024;

/** What a relay holds of bodies on their way, in pots with shares. */
export class Budget {
  readonly frames: FrameMemory;
  /** Paces whoever sends bodies in crumbs. */
  readonly crumbs = new Crumbs();
  readonly #handshakes: Pot;
  readonly #small: Pot;
  readonly #large: Pot;
  readonly #moving = new Set<Hold>();
  readonly #now: () => number;
  readonly #windowMs: number;

  /** `most` bytes in all; what does not move in `windowMs` milliseconds is let go at the `sweep` after it. */
  constructor(
    most: number,
    windowMs = 10_000,
    { bytes, frames }: Pick<ShareOfAddress, 'bytes' | 'frames'> = standardRelayLimits.shareOfAddress,
    now: () => number = () => performance.now(),
  ) {
    this.#handshakes = new Pot(most * partOfHandshakes, bytes);
    this.#small = new Pot(most * partOfSmall, bytes);
    this.#large = new Pot(most * (1 - partOfHandshakes - partOfSmall), bytes);
    this.frames = new FrameMemory(most * partOfFrames, frames);
    this.#windowMs = windowMs;
    this.#now = now;
  }

  get used(): number {
    return this.#handshakes.used + this.#small.used + this.#large.used + this.frames.used;
  }

  /** Begins to hold something for `owner`: nothing yet. */
  hold(owner: Owner): Hold {
    return new Hold(owner, {
      now: this.#now,
      potFor: (bytes) => (owner.isHandshake ? this.#handshakes : bytes <= smallBytes ? this.#small : this.#large),
      makeRoom: (pot, bytes, hold) => this.#makeRoom(pot, bytes, hold),
      moving: this.#moving,
      crumbs: this.crumbs,
    });
  }

  /** Sweeps from now on, until the function it returns is called. */
  start(): () => void {
    const sweeping = setInterval(() => this.sweep(), this.#windowMs / sweepsPerWindow).unref();
    return () => clearInterval(sweeping);
  }

  /** Lets go what moves too slowly. */
  sweep(): void {
    for (const hold of [...this.#moving]) if (hold.isTooSlow(this.#windowMs)) hold.cut();
  }

  /** Makes room for `bytes` more of `hold`, if need be that of a stalled transfer; throws `rate_limited` otherwise. */
  #makeRoom(pot: Pot, bytes: number, hold: Hold): void {
    for (;;) {
      const inTheWay = pot.inTheWay(hold.owner, bytes);
      if (inTheWay === undefined) return;
      const stalled = [...this.#moving].find(
        (other) => other !== hold && other.pot === pot && other.bytes > 0 && inTheWay(other.owner) && other.isStalled,
      );
      if (stalled === undefined) {
        throw noRoom();
      }
      stalled.cut();
    }
  }
}

function noRoom(): ParleyError {
  return new LimitReached(
    'relay_memory',
    'The relay has as many bytes under way as it can hold. Try again in a second.',
    {
      retryAfter: 1,
    },
  );
}

interface HoldDeps {
  readonly now: () => number;
  potFor(bytes: number): Pot;
  makeRoom(pot: Pot, bytes: number, hold: Hold): void;
  readonly moving: Set<Hold>;
  readonly crumbs: Crumbs;
}

/** Bytes that are held for one exchange until `end`. */
export class Hold {
  readonly owner: Owner;
  readonly #deps: HoldDeps;
  #pot: Pot;
  #bytes = 0;
  #cut: (() => void) | undefined;
  #since = 0;
  #moved = 0;
  #movedAt = 0;
  #windowAt = 0;
  #windowMoved = 0;
  #windows = 1;
  #isOver = false;

  constructor(owner: Owner, deps: HoldDeps) {
    this.owner = owner;
    this.#deps = deps;
    this.#pot = deps.potFor(0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get pot(): Pot {
    return this.#pot;
  }

  /** Takes `bytes` more, or throws `rate_limited`. */
  take(bytes: number): void {
    if (this.#isOver) throw noRoom();
    const total = this.#bytes + bytes;
    const pot = this.#deps.potFor(total);
    const isSame = pot === this.#pot;
    const added = isSame ? bytes : total;
    this.#deps.makeRoom(pot, added, this);
    if (!isSame) this.#pot.add(this.owner, -this.#bytes);
    pot.add(this.owner, added);
    this.#pot = pot;
    this.#bytes = total;
    this.moved(bytes);
  }

  /** Takes as many bytes as are missing to `total`. */
  atLeast(total: number): void {
    if (total > this.#bytes) this.take(total - this.#bytes);
  }

  /** Requires from now on that bytes move; `cut` ends a transfer that has not moved for so many windows. */
  watch(cut: () => void, windows = 1): void {
    this.#cut = cut;
    this.#windows = windows;
    this.#since = this.#movedAt = this.#windowAt = this.#deps.now();
    this.#moved = this.#windowMoved = 0;
    this.#deps.moving.add(this);
  }

  /** Notes that `bytes` more have moved. */
  moved(bytes: number): void {
    this.#moved += bytes;
    this.#windowMoved += bytes;
    this.#movedAt = this.#deps.now();
  }

  /** Resolves when the part after one of `bytes` bytes in so many chunks may be read; undefined when that is at once. */
  pace(bytes: number, chunks: number): Promise<void> | undefined {
    return this.#deps.crumbs.pace(this.owner.address, bytes, chunks);
  }

  /** Stops requiring that bytes move. */
  unwatch(): void {
    this.#cut = undefined;
    this.#deps.moving.delete(this);
  }

  /** True when others may have its place. */
  get isStalled(): boolean {
    const now = this.#deps.now();
    const age = now - this.#since;
    return now - this.#movedAt > stalledMs || (age > slowAfterMs && this.#moved * 1_000 < slowRate * age);
  }

  /** True when too little has moved in the last window, or in all. Begins a new window when the last one is over. */
  isTooSlow(windowMs: number): boolean {
    const now = this.#deps.now();
    const late = now - this.#since - leastRateAfterMs;
    if (late > 0 && this.#moved * 1_000 < leastRate * late) return true;
    if (now - this.#windowAt < windowMs * this.#windows) return false;
    const isSlow = this.#windowMoved < leastBytes;
    this.#windowAt = now;
    this.#windowMoved = 0;
    return isSlow;
  }

  /** Lets go whoever does not move the bytes, and gives them back. */
  cut(): void {
    const cut = this.#cut;
    this.end();
    cut?.();
  }

  /** Gives everything back. */
  end(): void {
    this.unwatch();
    this.#isOver = true;
    this.#pot.add(this.owner, -this.#bytes);
    this.#bytes = 0;
  }
}
