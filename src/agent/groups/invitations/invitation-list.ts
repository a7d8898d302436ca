import { asParleyError } from '../../../protocol/errors.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { decodeInvitation, encodeInvitation, type InvitationRecord } from './invitation-record.ts';

/** Invitations in all, and of one inviter (groups page, section 5, *Consent*). */
const [most, mostOfInviter] = [32, 4];
/** Places that strangers do not take from inviters whom this agent has verified, or where one has answered the other: an eighth. */
const mostKept = most / 8;
const prefix = 'invitation/';

/** Returns the row of an invitation. */
export function invitationRow(groupId: string) {
  return { group: '', part: `${prefix}${groupId}` };
}

/** The invitations that wait, stored. */
export class InvitationList {
  readonly #rows: Pick<GroupRows, 'all' | 'write'>;
  readonly #isKnown: (agentId: string) => Promise<boolean>;
  readonly #all = new Map<string, InvitationRecord>();

  /** `isKnown`: true for an inviter that is verified, or where one has answered the other. */
  constructor(rows: Pick<GroupRows, 'all' | 'write'>, isKnown: (agentId: string) => Promise<boolean>) {
    this.#rows = rows;
    this.#isKnown = isKnown;
  }

  /** Reads what is stored. What cannot be read is dropped. */
  async load(): Promise<void> {
    const gone: string[] = [];
    for await (const { part, bytes } of this.#rows.all('', prefix)) {
      try {
        const record = decodeInvitation(bytes);
        if (part === invitationRow(record.groupId).part) this.#all.set(record.groupId, record);
        else gone.push(part);
      } catch (cause) {
        asParleyError(cause);
        gone.push(part);
      }
    }
    if (gone.length > 0) await this.#rows.write({ put: [], drop: gone.map((part) => ({ group: '', part })) });
  }

  /** Returns all, the oldest first. */
  all(): readonly InvitationRecord[] {
    return [...this.#all.values()].sort((a, b) => a.receivedAt - b.receivedAt);
  }

  find(groupId: string): InvitationRecord | undefined {
    return this.#all.get(groupId);
  }

  /** Adds one in place of an older one to the same group. Returns the groups whose invitations made room for it. */
  async add(record: InvitationRecord): Promise<readonly string[]> {
    const gone = await this.#roomFor(record);
    await this.#rows.write({
      put: [{ ...invitationRow(record.groupId), bytes: encodeInvitation(record) }],
      drop: gone.map(invitationRow),
    });
    for (const groupId of gone) this.#all.delete(groupId);
    this.#all.set(record.groupId, record);
    return gone;
  }

  async drop(groupIds: readonly string[]): Promise<void> {
    if (groupIds.length === 0) return;
    await this.#rows.write({ put: [], drop: groupIds.map(invitationRow) });
    for (const groupId of groupIds) this.#all.delete(groupId);
  }

  /** Forgets one whose row went with the transaction of a join. */
  forget(groupId: string): void {
    this.#all.delete(groupId);
  }

  /**
   * The oldest of the same inviter goes first; when all are full, the oldest of whoever has the most. What known inviters have stays out of
   * it while that is an eighth at most: any number of strangers, with one each, leaves it there.
   */
  async #roomFor({ groupId, inviter }: InvitationRecord): Promise<readonly string[]> {
    const others = this.all().filter((one) => one.groupId !== groupId);
    const ofInviter = others.filter((one) => one.inviter === inviter);
    if (ofInviter.length >= mostOfInviter) return ofInviter.slice(0, 1 + ofInviter.length - mostOfInviter).map(idOf);
    if (others.length < most) return [];
    const counts = new Map<string, number>();
    for (const one of others) counts.set(one.inviter, (counts.get(one.inviter) ?? 0) + 1);
    const known = new Set<string>();
    for (const agentId of counts.keys()) if (await this.#isKnown(agentId)) known.add(agentId);
    const ofKnown = others.filter((one) => known.has(one.inviter));
    const mayGo = ofKnown.length > mostKept ? others : others.filter((one) => !known.has(one.inviter));
    const largest = Math.max(...mayGo.map((one) => counts.get(one.inviter) ?? 0));
    return mayGo
      .filter((one) => counts.get(one.inviter) === largest)
      .slice(0, 1)
      .map(idOf);
  }
}

function idOf({ groupId }: InvitationRecord): string {
  return groupId;
}
