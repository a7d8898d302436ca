import * as v from 'valibot';
import { forEvery } from '../../../protocol/every.ts';
import { parsedRecord } from '../../json/record.ts';
import { type Blob, type Blobs, blobV1 } from './blobs.ts';
import type { GroupLogs } from './group-logs.ts';
import { type Inboxes, lostMs } from './inboxes.ts';
import type { SealedKeys } from './sealed-keys.ts';
import type { SentWelcomes } from './sent-welcomes.ts';

/** Version 1 of an append that has begun: what it stores before its entry. `at` in milliseconds since 1970. */
const pendingV1 = v.object({
  groupId: v.string(),
  index: v.number(),
  sender: v.string(),
  message: blobV1,
  roster: v.exactOptional(blobV1),
  welcome: v.exactOptional(blobV1),
  /** Whose inboxes the Welcome comes into after the entry; absent where an earlier version put it there before. */
  to: v.exactOptional(v.array(v.string())),
  at: v.number(),
});
type Pending = v.InferOutput<typeof pendingV1>;

/** What is swept with. */
export interface PendingAppendsDeps {
  /** Records go by themselves after days: so does what is left of one that was deleted. */
  readonly keys: SealedKeys;
  readonly blobs: Blobs;
  readonly groups: GroupLogs;
  readonly sent: SentWelcomes;
  readonly inboxes: Inboxes;
}

/**
 * The appends that have begun and not ended. A server that is killed at one leaves its record: the next sweep of any server completes it when
 * its entry is in the log, and drops what nobody can see when it is not.
 */
export class PendingAppends {
  readonly #deps: PendingAppendsDeps;

  constructor(deps: PendingAppendsDeps) {
    this.#deps = deps;
  }

  /** Notes what is about to be stored. */
  async begin(append: Omit<Pending, 'at'>): Promise<void> {
    await this.#deps.keys.change(append.message.nonce, () => JSON.stringify({ ...append, at: Date.now() }));
  }

  /** Notes that the append has ended: its entry is in the log, or what was stored for it is dropped. */
  async end(message: Blob): Promise<void> {
    await this.#deps.keys.delete(message.nonce);
  }

  /** Completes what was begun long ago and has its entry in the log, and drops what others have left. */
  async sweep(): Promise<void> {
    await forEvery(await this.#deps.keys.names(), async (name) => {
      const text = await this.#deps.keys.get(name);
      const pending = text === undefined ? undefined : parsedRecord(pendingV1, text);
      if (pending === undefined || Math.abs(Date.now() - pending.at) < lostMs) return;
      await this.#settle(pending);
      await this.end(pending.message);
    });
  }

  async #settle({ groupId, index, sender, message, roster, welcome, to = [] }: Pending): Promise<void> {
    const { blobs, groups, sent, inboxes } = this.#deps;
    const logged = await groups.logs.find(groupId, index);
    if (logged?.value.message.nonce === message.nonce) {
      if (welcome !== undefined) for (const agentId of to) await inboxes.deliver(agentId, welcome);
      const before = await groups.logs.find(groupId, index - 1);
      const isReplaced = before !== undefined && before.value.roster.nonce !== logged.value.roster.nonce;
      if (isReplaced) await blobs.drop(before.value.roster);
      return;
    }
    await blobs.drop(message);
    if (roster !== undefined) await blobs.drop(roster);
    if (welcome === undefined) return;
    for (const agentId of to) await inboxes.withdraw(agentId, welcome);
    await sent.remove(sender, welcome);
    await blobs.drop(welcome);
  }
}
