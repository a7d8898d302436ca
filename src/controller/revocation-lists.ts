import { issueRevocationList } from '../pki/authority.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { ControllerStore, StoredAuthority, StoredList } from './store.ts';

/** Seconds a CRL is good for; it is renewed at half of them. */
const lifetime = 3_600;
const renewAfter = lifetime / 2;

/** What lists are made from. */
export interface ListDeps {
  readonly store: Pick<ControllerStore, 'loadList' | 'nextListNumber' | 'revokedSerials' | 'keepList' | 'dropExpired'>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly authority: () => Promise<StoredAuthority>;
  /** Hears of each list that was signed here and stored, and how many certificates it names. */
  readonly signed?: (list: StoredList, certificates: number) => void;
}

/** The CRLs of a Controller. However many ask for a new one at once, at most one is being signed and one waits for it. */
export class RevocationLists {
  readonly #deps: ListDeps;
  #underWay: Promise<Bytes> | undefined;
  #next: Promise<Bytes> | undefined;
  #superseded = 0;
  #listed = 0;
  /** True while something is revoked that no list names, because none could be signed. */
  #isBehind = false;
  /** True once it is known whether the list that an earlier process left names everything. */
  #isChecked = false;

  constructor(deps: ListDeps) {
    this.#deps = deps;
  }

  /**
   * Returns the number of certificates that the last list signed here names as superseded: renewals alone make lists
   * grow by these.
   */
  get superseded(): number {
    return this.#superseded;
  }

  /** Returns the number of certificates that the last list names in total. */
  get listed(): number {
    return this.#listed;
  }

  /** Returns the newest CRL as DER, renewed when half of its life is over or when it does not name everything. DER. */
  async current(): Promise<Bytes> {
    const { store, now } = this.#deps;
    const stored = await store.loadList();
    const age = stored === undefined ? Number.POSITIVE_INFINITY : now() - stored.thisUpdate;
    // A list from the future was made under a wrong clock: replace it.
    const isFresh = age >= 0 && age < renewAfter;
    if (stored !== undefined && isFresh && !this.#isBehind && (await this.#namesAll(stored))) return stored.der;
    return this.#underWay ?? this.#begin();
  }

  /** Signs and keeps a CRL that names everything that was revoked before this call. DER. */
  async renew(): Promise<Bytes> {
    if (this.#underWay === undefined) return this.#begin();
    this.#next ??= this.#underWay
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    return this.#next;
  }

  /**
   * Resolves when a list names what was revoked at `at` (Unix seconds) before this call, by whichever server: it waits for one that is
   * being signed. True when it had to be signed for this call.
   */
  async catchUp(at: number): Promise<boolean> {
    await (this.#next ?? this.#underWay)?.catch(() => undefined);
    const { store, now } = this.#deps;
    const stored = await store.loadList();
    // One that was revoked in the future was so under a wrong clock: the time of the list says nothing of it.
    const namesIt = stored !== undefined && (stored.thisUpdate >= at || at > now());
    if (namesIt && !this.#isBehind) return false;
    await this.renew();
    return true;
  }

  /** True unless an earlier process may have been stopped between a revocation and its list. */
  async #namesAll({ thisUpdate }: StoredList): Promise<boolean> {
    if (this.#isChecked) return true;
    const { store, now } = this.#deps;
    const revoked = await store.revokedSerials(now());
    if (revoked.some(({ revokedAt }) => revokedAt >= thisUpdate)) return false;
    this.#isChecked = true;
    return true;
  }

  #begin(): Promise<Bytes> {
    this.#underWay = this.#sign()
      .then(
        (der) => {
          this.#isBehind = false;
          this.#isChecked = true;
          return der;
        },
        (error: unknown) => {
          this.#isBehind = true;
          throw error;
        },
      )
      .finally(() => {
        this.#underWay = undefined;
      });
    return this.#underWay;
  }

  async #sign(): Promise<Bytes> {
    const { store, now, authority, signed } = this.#deps;
    // The number is taken before the agents are read: a list of a higher number has seen every revocation of a lower one.
    const number = await store.nextListNumber();
    const thisUpdate = now();
    await store.dropExpired(thisUpdate);
    const revoked = await store.revokedSerials(thisUpdate);
    this.#superseded = revoked.filter(({ reason }) => reason === 'superseded').length;
    this.#listed = revoked.length;
    const nextUpdate = thisUpdate + lifetime;
    const der = await issueRevocationList(await authority(), { number, thisUpdate, nextUpdate, revoked });
    const list = { number, der, thisUpdate, nextUpdate };
    await store.keepList(list);
    signed?.(list, revoked.length);
    return (await store.loadList())?.der ?? der;
  }
}
