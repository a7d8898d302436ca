import type { RevocationList } from '../../pki/revocation-list.ts';
import type { ControllerClient } from './client.ts';

/** Seconds after which a handshake looks for a newer CRL first. */
const freshFor = 20;

/** The newest CRL this agent knows (protocol page, section 2). */
export class Revocations {
  readonly #controller: ControllerClient;
  readonly #read: (der: Uint8Array<ArrayBuffer>) => Promise<RevocationList>;
  readonly #now: () => number;
  #current: RevocationList | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<RevocationList> | undefined;
  /** The fetch that begins when the one under way is over: that one may have asked too early. */
  #next: Promise<RevocationList> | undefined;

  /** `read` verifies a CRL against the pinned CA; `now` gives Unix seconds. */
  constructor(
    controller: ControllerClient,
    read: (der: Uint8Array<ArrayBuffer>) => Promise<RevocationList>,
    now: () => number,
  ) {
    this.#controller = controller;
    this.#read = read;
    this.#now = now;
  }

  get current(): RevocationList | undefined {
    return this.#current;
  }

  /**
   * Looks for a newer CRL unless one was just fetched; with `force`, for one that is signed after this call. When the Controller cannot be reached the known one stays: whether it
   * is still good is the certificate check's question, and an older number never replaces a newer one.
   */
  async refresh(force = false): Promise<void> {
    // A list that came while the machine slept may have ended meanwhile.
    const isCurrent = () => this.#current !== undefined && this.#now() <= this.#current.nextUpdate;
    if (!force && isCurrent() && this.#now() - this.#fetchedAt < freshFor) return;
    if (!force && this.#underWay !== undefined) {
      await settled(this.#underWay);
      if (isCurrent()) return;
    }
    await settled(force || this.#underWay === undefined ? this.fetchNow() : this.#underWay);
  }

  /**
   * Fetches the list, in a call that begins after this one, and returns the newest that is known then. Rejects with
   * `controller_unreachable` and the other codes of the Controller's calls, and with `revocation_status_unknown` for a list that is none of
   * the pinned CA's.
   */
  fetchNow(): Promise<RevocationList> {
    const underWay = this.#underWay;
    if (underWay === undefined) return this.#begin();
    this.#next ??= settled(underWay).then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<RevocationList> {
    this.#underWay = this.#fetch().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #fetch(): Promise<RevocationList> {
    try {
      const list = await this.#read(await this.#controller.revocationList());
      const newest = this.#current === undefined || list.number >= this.#current.number ? list : this.#current;
      this.#current = newest;
      return newest;
    } finally {
      if (this.#current !== undefined) this.#fetchedAt = this.#now();
    }
  }
}

/** Waits for a look. Unreachable or not signed by the pinned CA: the known list stays in force until its nextUpdate. */
async function settled(look: Promise<unknown>): Promise<void> {
  await Promise.allSettled([look]);
}
