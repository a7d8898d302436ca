import * as v from 'valibot';
import type { EntryRecord, GroupRecord, Roster } from '../../../delivery/store.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';
import { bytesBetween } from '../../../protocol/wire/members.ts';
import { rosterFromJson, rosterToJson } from '../../json/delivery-records.ts';
import { parsedRecord, recordToJson } from '../../json/record.ts';
import { entryRecordV1, groupTipV1, toEntryRecordV1, toGroupTipV1 } from '../../records/delivery.ts';
import { unreachable } from '../link.ts';
import type { Seal } from '../seal.ts';
import { type Blob, type Blobs, blobV1 } from './blobs.ts';
import { type Numbered, NumberedLogs } from './numbered-log.ts';
import type { DeliveryStreams } from './streams.ts';

/** How often a group is read again whose roster another server has replaced meanwhile. */
const mostReads = 20;
/** Groups whose roster is remembered. */
const mostRosters = 2_000;

const bytes = bytesBetween(0, 1_024);
/** Version 1 of an entry as it stands in the log: what names its message, its Welcome and who is in the group after it. */
const loggedV1 = v.object({
  entry: entryRecordV1(bytes),
  group: groupTipV1(bytes),
  roster: blobV1,
  message: blobV1,
  welcome: v.exactOptional(blobV1),
});

/** An entry as it stands in the log. */
export type Logged = v.InferOutput<typeof loggedV1>;

/** The logs of groups: each entry carries the group as it leaves it, and names what is stored beside it. */
export class GroupLogs {
  readonly logs: NumberedLogs<Logged>;
  readonly #blobs: Blobs;
  /** Under which name each roster is stored that was read or written here. */
  readonly #names = new WeakMap<Roster, Blob>();
  readonly #rosters = new Map<string, { readonly nonce: string; readonly roster: Roster }>();

  constructor(streams: DeliveryStreams, seal: Seal, blobs: Blobs) {
    this.#blobs = blobs;
    this.logs = new NumberedLogs<Logged>(streams, seal, {
      kind: 'log',
      encode: recordToJson,
      decode: (text) => parsedRecord(loggedV1, text),
    });
  }

  /** Returns a group as the newest entry of its log leaves it. */
  async group(groupId: string): Promise<GroupRecord | undefined> {
    for (let reads = 0; reads < mostReads; reads += 1) {
      const last = await this.logs.last(groupId);
      if (last === undefined) return undefined;
      const { group, roster } = last.value;
      const found = await this.#roster(groupId, roster);
      if (found !== undefined) return { ...group, roster: found };
    }
    throw unreachable();
  }

  /** Returns under which name a roster is stored, or is to be: then with its bytes. */
  async nameOf(roster: Roster): Promise<{ readonly name: Blob; readonly bytes?: Bytes }> {
    const known = this.#names.get(roster);
    if (known !== undefined) return { name: known };
    const bytes = encodeUtf8(rosterToJson(roster));
    return { name: await this.#blobs.name(bytes), bytes };
  }

  /** Stores a roster under its name. */
  async storeRoster(roster: Roster, name: Blob, bytes: Bytes): Promise<void> {
    await this.#blobs.store(name, bytes);
    this.#names.set(roster, name);
  }

  /** Drops a roster that came to nothing. */
  async forget(roster: Roster): Promise<void> {
    const name = this.#names.get(roster);
    this.#names.delete(roster);
    if (name !== undefined) await this.#blobs.drop(name);
  }

  /** Appends an entry after `before`. False when the log has another there. */
  async append(
    entry: EntryRecord,
    after: GroupRecord,
    names: Pick<Logged, 'roster' | 'message' | 'welcome'>,
    before: Numbered<Logged> | undefined,
  ): Promise<boolean> {
    const logged: Logged = { entry: toEntryRecordV1(entry), group: toGroupTipV1(after), ...names };
    const placed = await this.logs.append(after.groupId, entry.index, logged, before);
    if (placed === undefined) {
      // It may be this one, whose confirmation was lost and which NATS's client has sent again.
      const there = await this.logs.find(after.groupId, entry.index);
      return there?.value.message.nonce === names.message.nonce;
    }
    this.#rosters.set(after.groupId, { nonce: names.roster.nonce, roster: after.roster });
    return true;
  }

  async message({ message }: Logged): Promise<Bytes | undefined> {
    return this.#blobs.get(message);
  }

  async #roster(groupId: string, name: Blob): Promise<Roster | undefined> {
    const known = this.#rosters.get(groupId);
    if (known?.nonce === name.nonce) return known.roster;
    const stored = await this.#blobs.get(name);
    if (stored === undefined) return undefined;
    const roster = rosterFromJson(new TextDecoder().decode(stored));
    this.#names.set(roster, name);
    this.#rosters.set(groupId, { nonce: name.nonce, roster });
    for (const oldest of this.#rosters.keys()) {
      if (this.#rosters.size <= mostRosters) break;
      this.#rosters.delete(oldest);
    }
    return roster;
  }
}
