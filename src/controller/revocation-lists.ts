import { issueRevocationList } from '../pki/authority.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { ControllerStore, StoredAuthority } from './store.ts';

/** Seconds a CRL is good for; it is renewed at half of them. */
const lifetime = 3_600;
const renewAfter = lifetime / 2;

/** What lists are made from. */
export interface ListParts {
  readonly store: Pick<ControllerStore, 'loadList' | 'nextListNumber' | 'revokedSerials' | 'keepList' | 'dropExpired'>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly authority: () => Promise<StoredAuthority>;
}

/** The CRLs of a Controller. However many ask for a new one at once, at most one is being signed and one waits for it. */
export class RevocationLists {
  readonly #parts: ListParts;
  #underWay: Promise<Bytes> | undefined;
  #next: Promise<Bytes> | undefined;
  #superseded = 0;

  constructor(parts: ListParts) {
    this.#parts = parts;
  }

  /** How many certificates the last list that was signed here names as superseded: what renewals alone make lists grow by. */
  get superseded(): number {
    return this.#superseded;
  }

  /** The newest CRL, renewed when it is half through its life. DER. */
  async current(): Promise<Bytes> {
    const { store, now } = this.#parts;
    const stored = await store.loadList();
    const age = stored === undefined ? Number.POSITIVE_INFINITY : now() - stored.thisUpdate;
    // A list from the future was made under a wrong clock: replace it.
    if (stored !== undefined && age >= 0 && age < renewAfter) return stored.der;
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

  #begin(): Promise<Bytes> {
    this.#underWay = this.#sign().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #sign(): Promise<Bytes> {
    const { store, now, authority } = this.#parts;
    // The number is taken before the agents are read: a list of a higher number has seen every revocation of a lower one.
    const number = await store.nextListNumber();
    const thisUpdate = now();
    await store.dropExpired(thisUpdate);
    const revoked = await store.revokedSerials(thisUpdate);
    this.#superseded = revoked.filter(({ reason }) => reason === 'superseded').length;
    const nextUpdate = thisUpdate + lifetime;
    const der = await issueRevocationList(await authority(), { number, thisUpdate, nextUpdate, revoked });
    await store.keepList({ number, der, thisUpdate, nextUpdate });
    return (await store.loadList())?.der ?? der;
  }
}
