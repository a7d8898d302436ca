import type { Welcome } from '../../../mls/structures/welcome.ts';
import { toHex, wipe } from '../../../protocol/bytes.ts';
import { unixSeconds } from '../../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { LeafIdentities } from '../identity/leaf-identities.ts';
import type { PlainChange } from '../rows/group-rows.ts';
import { Backoff } from '../service/backoff.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import type { KeyPackages, OwnKeyPackage } from './key-packages.ts';
import { PackageShelf, type PackageShelfDeps, type Shelved } from './package-shelf.ts';

/** One-time KeyPackages that the service keeps, and below which it is filled up (groups page, section 3). */
const [kept, fillBelow] = [20, 10];
const day = 86_400;
/** Seconds after which a last-resort KeyPackage is replaced, and for which it stays after that. */
const [replaceAfter, staysFor] = [7 * day, 7 * day];
/** Seconds before their end from which on KeyPackages are replaced: one with less than a day left is not used. */
const renewBefore = 7 * day;
/** Seconds after the end of a one-time KeyPackage for which a Welcome for it may still come. */
const welcomeWaits = 30 * day;
/** Private parts of one-time KeyPackages, and of those to come back with: whoever takes them without inviting fills no more. The oldest go. */
const mostPrivate = 1_000;
/** Milliseconds between two looks at what the service has left. */
const lookEveryMs = 15 * 60_000;

/** What KeyPackages are kept with. */
export interface KeyPackageKeeperDeps extends PackageShelfDeps {
  readonly identities: Pick<LeafIdentities, 'make' | 'ends'>;
  readonly service: Pick<DeliveryService, 'offerKeyPackages'>;
  readonly scheduler: Scheduler;
  /** A number from 0 up to 1. */
  chance(): number;
  /** True for the signature key of a leaf in a group: a last-resort KeyPackage's may be one until the first commit. */
  isInUse(keyId: string): boolean;
}

/** Keeps KeyPackages at the delivery service while the agent is open, and their private parts for as long as the groups page, section 3, says. */
export class KeyPackageKeeper implements KeyPackages {
  readonly #deps: KeyPackageKeeperDeps;
  readonly #shelf: PackageShelf;
  readonly #backoff: Backoff;
  #timer: { cancel(): void } | undefined;
  #underWay: Promise<void> | undefined;
  #isStopped = true;

  constructor(deps: KeyPackageKeeperDeps) {
    this.#deps = deps;
    this.#shelf = new PackageShelf(deps);
    this.#backoff = new Backoff(() => deps.chance());
  }

  /** Looks after the KeyPackages from now on, first at once. */
  start(): void {
    this.#isStopped = false;
    this.look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Resolves once nothing of it is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#underWay]);
  }

  /** Looks now: the agent wakes, its certificate was renewed, or a KeyPackage was used. */
  look(): void {
    if (this.#isStopped) return;
    this.#timer?.cancel();
    const after = (ms: number) => {
      if (this.#isStopped) return;
      this.#timer?.cancel();
      this.#timer = this.#deps.scheduler.after(ms, () => this.look());
    };
    this.upkeep().then(
      () => {
        this.#backoff.succeeded();
        after(lookEveryMs * (1 + 0.2 * this.#deps.chance()));
      },
      (cause: unknown) => after(this.#backoff.after(asParleyError(cause))),
    );
  }

  /** Fills up and replaces what is due, and deletes what is over. Rejects with what storage and the service reject with. */
  async upkeep(): Promise<void> {
    const before = this.#underWay;
    const work = (async () => {
      if (before !== undefined) await Promise.allSettled([before]);
      await this.#shelf.load();
      await this.#dropOver();
      await this.#fill();
    })();
    this.#underWay = work;
    return work;
  }

  async forWelcome({ secrets }: Welcome): Promise<OwnKeyPackage | undefined> {
    await this.#shelf.load();
    for (const { newMember } of secrets) {
      const own = await this.#shelf.take(toHex(newMember));
      if (own === undefined) continue;
      await this.#noteUse(own.ref);
      return own;
    }
    return undefined;
  }

  /** True for the signature key of a KeyPackage whose private part is stored here: a Welcome may still need it. */
  holdsKey(keyId: string): boolean {
    return this.#shelf.all().some((shelved) => shelved.keyId === keyId);
  }

  used({ ref, isLastResort }: OwnKeyPackage): PlainChange {
    return { put: [], drop: isLastResort ? [] : [{ group: '', part: `key-package/${ref}` }] };
  }

  joined({ ref, isLastResort, secrets }: OwnKeyPackage): void {
    wipe(secrets.initSecret, secrets.leafSecret);
    if (!isLastResort) this.#shelf.forget(ref);
    this.look();
  }

  async forRejoin(groupId: string, after = this.#now() - 1): Promise<OwnKeyPackage> {
    await this.#shelf.load();
    const usable = ({ kind, rejoins, notAfter, madeAt }: Shelved) =>
      kind === 'rejoin' && rejoins === groupId && notAfter - this.#now() > day && madeAt >= after;
    const found =
      this.#shelf.all().find(usable) ?? (await this.#shelf.make(['rejoin'], { groupId, after }))[0]?.shelved;
    const own = found === undefined ? undefined : await this.#shelf.take(found.ref);
    if (own !== undefined) return own;
    throw new ParleyError(
      'storage_failed',
      'The KeyPackage to come back with was not stored. Nothing was sent. Try again.',
    );
  }

  /** Has a last-resort KeyPackage that was used replaced, also after a restart. */
  async #noteUse(ref: string): Promise<void> {
    const { offered } = this.#shelf;
    if (offered === undefined || offered.lastResort !== ref || offered.lastResortAt === 0) return;
    await this.#shelf.offer({ ...offered, lastResortAt: 0 }, this.#now());
    this.look();
  }

  async #fill(): Promise<void> {
    const { service, identities } = this.#deps;
    const now = this.#now();
    const ends = await identities.ends();
    // Nobody would use them: the certificate is renewed first.
    if (ends - now < day) return;
    const remaining = await service.offerKeyPackages({ oneTime: [] });
    const offered = this.#shelf.offered;
    const own = this.#shelf.all().filter(({ kind }) => kind === 'one_time').length;
    const isEnding = offered !== undefined && offered.notAfter < now + renewBefore && ends - offered.notAfter > day;
    if (offered === undefined || remaining > own || isEnding) return this.#offer(kept, true, true);
    const isDue = now - offered.lastResortAt >= replaceAfter || this.#isGone(offered.lastResort);
    const missing = remaining < fillBelow ? kept - remaining : 0;
    if (isDue || missing > 0) await this.#offer(missing, isDue, false);
  }

  /** True for the last-resort KeyPackage whose private part is not there. */
  #isGone(ref: string): boolean {
    return !this.#shelf.all().some((shelved) => shelved.ref === ref);
  }

  async #offer(count: number, withLastResort: boolean, replace: boolean): Promise<void> {
    const kinds = Array.from({ length: count }, () => 'one_time' as const);
    const made = await this.#shelf.make(withLastResort ? [...kinds, 'last_resort'] : kinds);
    const last = made.find(({ shelved }) => shelved.kind === 'last_resort');
    await this.#deps.service.offerKeyPackages({
      oneTime: made.filter((one) => one !== last).map(({ message }) => message),
      ...(last === undefined ? {} : { lastResort: last.message }),
      ...(replace ? { replace } : {}),
    });
    const before = this.#shelf.offered;
    const lastResort = last?.shelved.ref ?? before?.lastResort ?? '';
    const lastResortAt = last?.shelved.madeAt ?? before?.lastResortAt ?? 0;
    const ends = made.map(({ shelved }) => shelved.notAfter);
    const notAfter = Math.min(...ends, replace ? Number.MAX_SAFE_INTEGER : (before?.notAfter ?? 0));
    await this.#shelf.offer({ lastResort, lastResortAt, notAfter }, this.#now());
  }

  async #dropOver(): Promise<void> {
    const now = this.#now();
    const all = this.#shelf.all();
    const isOver = ({ kind, notAfter, replacedAt }: Shelved) => {
      if (kind === 'one_time') return now > notAfter + welcomeWaits;
      if (kind === 'rejoin') return now > notAfter;
      return replacedAt !== undefined && now >= replacedAt + staysFor;
    };
    const over = new Set(all.filter(isOver));
    for (const kind of ['one_time', 'rejoin'] as const) {
      const left = all.filter((shelved) => shelved.kind === kind && !over.has(shelved));
      for (const shelved of left.slice(0, Math.max(0, left.length - mostPrivate))) over.add(shelved);
    }
    await this.#shelf.drop([...over], (keyId) => this.#deps.isInUse(keyId));
  }

  #now(): number {
    return unixSeconds(this.#deps.environment);
  }
}
