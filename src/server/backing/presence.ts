import type { ControllerEvent } from '../../controller/events.ts';
import type { AgentId } from '../../protocol/bytes.ts';

/** Milliseconds between two events of one agent that goes on coming and going, at most. */
const longestMs = 60_000;
/** Milliseconds after its last event when an agent's past is forgotten. */
const memoryMs = 120_000;

interface Known {
  isOnline: boolean;
  /** What everybody was told last. */
  told: boolean;
  toldAt: number;
  pauseMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Tells everybody that agents come and go. One that is back within `settleMs` was never away; one that goes on coming and going
 * is told of after as long a pause, then after twice as long, and so on.
 */
export class Presence {
  readonly #publish: (event: ControllerEvent) => void;
  readonly #settleMs: number;
  readonly #known = new Map<AgentId, Known>();

  constructor(settleMs: number, publish: (event: ControllerEvent) => void) {
    this.#settleMs = settleMs;
    this.#publish = publish;
  }

  online(agentId: AgentId): void {
    this.#change(agentId, true, 0);
  }

  offline(agentId: AgentId): void {
    this.#change(agentId, false, this.#settleMs);
  }

  /** Tells nothing more. */
  close(): void {
    for (const { timer } of this.#known.values()) clearTimeout(timer);
    this.#known.clear();
  }

  #change(agentId: AgentId, isOnline: boolean, afterMs: number): void {
    const known = this.#known.get(agentId) ?? {
      isOnline,
      told: !isOnline,
      toldAt: Number.NEGATIVE_INFINITY,
      pauseMs: this.#settleMs,
      timer: undefined,
    };
    this.#known.set(agentId, known);
    known.isOnline = isOnline;
    clearTimeout(known.timer);
    const wait = Math.max(afterMs, known.toldAt + known.pauseMs - performance.now());
    if (wait <= 0) this.#tell(agentId, known);
    else known.timer = setTimeout(() => this.#tell(agentId, known), wait).unref();
  }

  #tell(agentId: AgentId, known: Known): void {
    known.timer = setTimeout(() => this.#known.delete(agentId), memoryMs).unref();
    if (known.told === known.isOnline) return;
    const isOften = performance.now() - known.toldAt < known.pauseMs * 4;
    known.pauseMs = isOften ? Math.min(longestMs, known.pauseMs * 2) : this.#settleMs;
    known.told = known.isOnline;
    known.toldAt = performance.now();
    this.#publish({ type: known.isOnline ? 'agent_online' : 'agent_offline', agentId });
  }
}
