/** Characters of entries that each peer may cause in an hour: some 5,900 messages. Past that they are counted only. */
const quotaPerHour = 4 * 1024 * 1024;
/** Milliseconds of a quota's hour. */
export const hourMs = 3_600_000;
/** Peers that are counted one by one at most: each has a certificate of the Controller. */
const mostPeers = 10_000;

/** Entries of a peer that were not written, and since when (milliseconds since 1970). */
export interface OmittedOfPeer {
  readonly peerId: string;
  readonly count: number;
  readonly since: number;
}

interface Hour {
  readonly since: number;
  used: number;
  omitted: number;
}

/** What each peer adds to the audit trail in an hour. */
export class PeerQuota {
  readonly #most: number;
  readonly #hours = new Map<string, Hour>();

  constructor(most = quotaPerHour) {
    this.#most = most;
  }

  /** Counts an entry of `size` characters at `now`; true when it is to be written. */
  takes(peerId: string, size: number, now: number): boolean {
    const hour = this.#hourOf(peerId, now);
    if (hour === undefined) return false;
    if (hour.used + size > this.#most) {
      hour.omitted += 1;
      return false;
    }
    hour.used += size;
    return true;
  }

  /** Takes out the hours that are over at `now`, or all with `isLast`: what was omitted in them is to be written down. */
  close(now: number, isLast = false): readonly OmittedOfPeer[] {
    const over: OmittedOfPeer[] = [];
    for (const [peerId, { since, omitted }] of this.#hours) {
      if (!isLast && now >= since && now - since < hourMs) continue;
      this.#hours.delete(peerId);
      if (omitted > 0) over.push({ peerId, count: omitted, since });
    }
    return over;
  }

  /** True when something was omitted that is not written down. */
  get hasOmitted(): boolean {
    return [...this.#hours.values()].some(({ omitted }) => omitted > 0);
  }

  #hourOf(peerId: string, now: number): Hour | undefined {
    const found = this.#hours.get(peerId);
    if (found !== undefined) return found;
    if (this.#hours.size >= mostPeers) return undefined;
    const begun = { since: now, used: 0, omitted: 0 };
    this.#hours.set(peerId, begun);
    return begun;
  }
}
