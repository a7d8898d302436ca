import * as v from 'valibot';
import { GroupError } from '../../../group/codes.ts';
import { readGroupKeyPackage } from '../../../group/credential/key-package.ts';
import { groupSuite } from '../../../group/profile/suite.ts';
import { keyPackageRef } from '../../../mls/crypto/labels.ts';
import { MlsError } from '../../../mls/errors.ts';
import { createKeyPackage } from '../../../mls/group/own-key-package.ts';
import { encodeMlsMessage } from '../../../mls/structures/mls-message.ts';
import { type Bytes, toHex, wipe } from '../../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { asParleyError } from '../../../protocol/errors.ts';
import type { GroupKey } from '../../contracts/group-store.ts';
import type { LeafIdentities } from '../identity/leaf-identities.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { encodeJsonRow, jsonRowIn } from '../rows/json-row.ts';
import { seconds, whole } from '../rows/row-values.ts';
import type { OwnKeyPackage } from './key-packages.ts';
import { decodePackage, encodePackage, type PackageKind, type PackageRecord } from './package-record.ts';

/** What is known of a KeyPackage without its secrets. */
export type Shelved = Omit<PackageRecord, 'initSecret' | 'leafSecret' | 'bytes'> & { readonly ref: string };

/** What the service has of this agent, as far as it has said so. Times are in Unix seconds. */
export interface Offered {
  /** The last-resort KeyPackage's ref, and when it was made; 0 once it was used. */
  readonly lastResort: string;
  readonly lastResortAt: number;
  /** The earliest end of the KeyPackages that were left since all were replaced. */
  readonly notAfter: number;
}

/** What KeyPackages are made and kept with. */
export interface PackageShelfDeps {
  readonly rows: GroupRows;
  readonly identities: Pick<LeafIdentities, 'make'>;
  readonly environment: Pick<Environment, 'random' | 'now'>;
}

/** A KeyPackage that was made, and its row. */
interface Made {
  readonly shelved: Shelved;
  readonly message: Bytes;
  readonly row: { readonly group: string; readonly part: string; readonly bytes: Bytes };
  readonly key: GroupKey;
}

const prefix = 'key-package/';
const offeredPart = 'key-packages';
const offeredSchema = v.strictObject({
  version: v.literal(1),
  lastResort: v.pipe(v.string(), v.regex(/^[0-9a-f]*$/)),
  lastResortAt: seconds,
  notAfter: whole,
});

/** The private parts of this agent's KeyPackages, in rows that belong to no group. */
export class PackageShelf {
  readonly #deps: PackageShelfDeps;
  readonly #all = new Map<string, Shelved>();
  #offered: Offered | undefined;
  #loading: Promise<void> | undefined;

  constructor(deps: PackageShelfDeps) {
    this.#deps = deps;
  }

  /** Reads what is stored, once. What cannot be read, or whose signature key is gone, is dropped. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((cause: unknown) => {
      this.#loading = undefined;
      throw cause;
    });
    return this.#loading;
  }

  /** Returns every KeyPackage that is stored, the oldest first. */
  all(): readonly Shelved[] {
    return [...this.#all.values()].sort((a, b) => a.madeAt - b.madeAt);
  }

  get offered(): Offered | undefined {
    return this.#offered;
  }

  /** Makes KeyPackages and stores their private parts; returns the MLSMessages. What is not stored is never shown to anybody. */
  async make(
    kinds: readonly PackageKind[],
    rejoin?: { readonly groupId: string; readonly after: number },
  ): Promise<readonly { readonly shelved: Shelved; readonly message: Bytes }[]> {
    const made: Made[] = [];
    // One after the other: each takes an RSA signature.
    for (const kind of kinds) made.push(await this.#make(kind, rejoin));
    await this.#deps.rows.write({ put: made.map(({ row }) => row), drop: [], putKeys: made.map(({ key }) => key) });
    for (const { row, shelved } of made) {
      wipe(row.bytes);
      this.#all.set(shelved.ref, shelved);
    }
    return made;
  }

  /** Returns a KeyPackage with its secrets; undefined when there is none of this ref. */
  async take(ref: string): Promise<OwnKeyPackage | undefined> {
    const shelved = this.#all.get(ref);
    if (shelved === undefined) return undefined;
    const row = await this.#deps.rows.read('', `${prefix}${ref}`);
    const signatureKey = await this.#deps.rows.key(shelved.keyId);
    if (row === undefined || signatureKey === undefined) return undefined;
    const { initSecret, leafSecret, bytes } = decodePackage(row);
    wipe(row);
    const keyPackage = keyPackageIn(bytes);
    if (keyPackage === undefined) return undefined;
    return {
      ref,
      bytes,
      keyPackage,
      secrets: { initSecret, leafSecret, signatureKey },
      keyId: shelved.keyId,
      isLastResort: shelved.kind === 'last_resort',
      ...(shelved.rejoins === undefined ? {} : { rejoins: shelved.rejoins }),
    };
  }

  /** Notes what the service has now. Last-resort KeyPackages that it has no longer count as replaced at `now`, in Unix seconds. */
  async offer(offered: Offered, now: number): Promise<void> {
    const replaced = this.#replacedBy(offered);
    const put = await Promise.all(replaced.map((shelved) => this.#replacedRow(shelved, now)));
    const bytes = encodeJsonRow(1, offered);
    const rows = put.filter((row) => row !== undefined);
    await this.#deps.rows.write({ put: [...rows, { group: '', part: offeredPart, bytes }], drop: [] });
    for (const row of rows) wipe(row.bytes);
    for (const shelved of replaced) this.#all.set(shelved.ref, { ...shelved, replacedAt: now });
    this.#offered = offered;
  }

  /** Deletes private parts with their signature keys, but those keys that a group uses. */
  async drop(shelved: readonly Shelved[], isInUse: (keyId: string) => boolean): Promise<void> {
    if (shelved.length === 0) return;
    await this.#deps.rows.write({
      put: [],
      drop: shelved.map(({ ref }) => rowOf(ref)),
      dropKeys: shelved.map(({ keyId }) => keyId).filter((keyId) => !isInUse(keyId)),
    });
    for (const { ref } of shelved) this.#all.delete(ref);
  }

  /** Forgets a private part whose row went with the transaction of a join. */
  forget(ref: string): void {
    this.#all.delete(ref);
  }

  #replacedBy({ lastResort }: Offered): readonly Shelved[] {
    return this.all().filter(
      ({ kind, ref, replacedAt }) => kind === 'last_resort' && ref !== lastResort && replacedAt === undefined,
    );
  }

  async #replacedRow({ ref }: Shelved, replacedAt: number) {
    const bytes = await this.#deps.rows.read('', `${prefix}${ref}`);
    if (bytes === undefined) return undefined;
    const record = decodePackage(bytes);
    const row = { ...rowOf(ref), bytes: encodePackage({ ...record, replacedAt }) };
    wipe(bytes, record.initSecret, record.leafSecret);
    return row;
  }

  async #make(
    kind: PackageKind,
    rejoin: { readonly groupId: string; readonly after: number } | undefined,
  ): Promise<Made> {
    const { identities, environment } = this.#deps;
    const { identity, key, notAfter } = await identities.make(rejoin);
    const suite = await groupSuite();
    const { keyPackage, secrets } = await createKeyPackage(suite, identity, (length) => environment.random(length));
    const ref = toHex(keyPackageRef(suite, keyPackage));
    const message = encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage });
    const about = {
      kind,
      madeAt: unixSeconds(environment),
      notAfter,
      replacedAt: undefined,
      rejoins: rejoin?.groupId,
      keyId: key.id,
    };
    const { initSecret, leafSecret } = secrets;
    const bytes = encodePackage({ ...about, initSecret, leafSecret, bytes: message });
    wipe(initSecret, leafSecret);
    return { shelved: { ...about, ref }, message, row: { ...rowOf(ref), bytes }, key };
  }

  async #load(): Promise<void> {
    const { rows } = this.#deps;
    const gone: string[] = [];
    for await (const { part, bytes } of rows.all('', prefix)) {
      const ref = part.slice(prefix.length);
      const shelved = shelvedIn(ref, bytes);
      wipe(bytes);
      if (shelved !== undefined && (await rows.key(shelved.keyId)) !== undefined) this.#all.set(ref, shelved);
      else gone.push(ref);
    }
    if (gone.length > 0) await rows.write({ put: [], drop: gone.map(rowOf) });
    this.#offered = await offeredIn(rows);
  }
}

function rowOf(ref: string) {
  return { group: '', part: `${prefix}${ref}` };
}

/** Returns the KeyPackage of a row; undefined for bytes that are none. */
function keyPackageIn(bytes: Bytes): OwnKeyPackage['keyPackage'] | undefined {
  try {
    return readGroupKeyPackage(bytes).keyPackage;
  } catch (cause) {
    if (cause instanceof GroupError || cause instanceof MlsError) return undefined;
    throw cause;
  }
}

function shelvedIn(ref: string, bytes: Bytes): Shelved | undefined {
  try {
    const { initSecret, leafSecret, bytes: _, ...about } = decodePackage(bytes);
    wipe(initSecret, leafSecret);
    return { ...about, ref };
  } catch (cause) {
    asParleyError(cause);
    return undefined;
  }
}

/** Returns what the service has; undefined when that cannot be read, for then all of it is replaced. */
async function offeredIn(rows: Pick<GroupRows, 'all'>): Promise<Offered | undefined> {
  for await (const { part, bytes } of rows.all('', offeredPart)) {
    const read = part === offeredPart ? jsonRowIn(offeredSchema, bytes) : undefined;
    if (read === undefined) continue;
    const { version: _, ...offered } = read;
    return offered;
  }
  return undefined;
}
