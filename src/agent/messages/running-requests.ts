import { ParleyError } from '../../protocol/errors.ts';
import type { StreamOwner } from '../streams/agent-streams.ts';

/** Requests of one peer that are answered at once. */
export const mostRunning = 256;

/** A request that is being answered. */
export interface RunningRequest {
  /** Says that a handler or a person is asked now, who can be told of a cancellation. Throws the error of one that came before. */
  begin(): void;
  over(): void;
}

interface Row {
  readonly owner: StreamOwner;
  hasBegun: boolean;
  cancelled: ParleyError | undefined;
}

/** The requests of peers that are being answered, within each peer's share of them; what has not begun to run can be cancelled. */
export class RunningRequests {
  readonly #rows = new Set<Row>();
  /** How many of each peer's signing key. */
  readonly #ofPeer = new Map<string, number>();

  /** Takes a place, where `working` handlers of the peer are still at it. Throws `rate_limited` beyond the peer's share. */
  take(owner: StreamOwner, working: number): RunningRequest {
    const { peerKey } = owner;
    const running = this.#ofPeer.get(peerKey) ?? 0;
    if (Math.max(running, working) >= mostRunning) {
      const detail = `The agent that was asked answers ${mostRunning} requests of one peer at once. Nothing ran. Send it again later.`;
      throw new ParleyError('rate_limited', detail);
    }
    const row: Row = { owner, hasBegun: false, cancelled: undefined };
    this.#rows.add(row);
    this.#ofPeer.set(peerKey, running + 1);
    return {
      begin: () => {
        if (row.cancelled !== undefined) throw row.cancelled;
        row.hasBegun = true;
      },
      over: () => this.#over(row),
    };
  }

  /** Has a peer's request that has come, and has not begun to run, not run; returns whether there was one. */
  cancel({ peerKey, requestId }: StreamOwner, error: ParleyError): boolean {
    const meant = [...this.#rows].filter(
      ({ owner, hasBegun }) => !hasBegun && owner.peerKey === peerKey && owner.requestId === requestId,
    );
    for (const row of meant) row.cancelled ??= error;
    return meant.length > 0;
  }

  #over(row: Row): void {
    if (!this.#rows.delete(row)) return;
    const { peerKey } = row.owner;
    const left = (this.#ofPeer.get(peerKey) ?? 1) - 1;
    if (left === 0) this.#ofPeer.delete(peerKey);
    else this.#ofPeer.set(peerKey, left);
  }
}
