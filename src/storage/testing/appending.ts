import { createSecretKey } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import type { Append, DeliveryStore, GroupRecord } from '../../delivery/store.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { openNatsDeliveryStore } from '../nats/delivery/delivery-store.ts';
import { NatsLink } from '../nats/link.ts';
import { Seal } from '../nats/seal.ts';
import { openSqliteControllerStore } from '../sqlite/controller-store.ts';

// A process that appends commits to one group until it is killed. It says `try <entry_id>` before each, and `done <entry_id> <index>`
// once it is confirmed. Arguments: `sqlite <folder>` or `nats <url>`, then the sender, then appends at most.

const groupId = 'ab'.repeat(16);
const [, , engine = '', where = '', sender = '', most = '0'] = process.argv;

async function openStore(): Promise<DeliveryStore> {
  if (engine === 'sqlite') {
    const authority = openAuthorityFile(join(where, 'ca.pem'));
    return (await openSqliteControllerStore(join(where, 'controller.db'), authority)).delivery;
  }
  const link = await NatsLink.open({ urls: where });
  return openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
    prefix: 'killed',
    mayChange: () => undefined,
  });
}

/** The commit after `before`; its message says which commit it has as `after`. */
async function nextCommit(before: GroupRecord | undefined, entryId: string): Promise<Append> {
  const index = before?.next ?? 0;
  const message = encodeUtf8(`${entryId} after ${before?.lastCommit ?? -1}`);
  const lists = { members: ['agent_a', 'agent_b'], admins: ['agent_a', 'agent_b'] };
  const head = await sha256(crypto.subtle, encodeUtf8(`head of ${index} ${entryId}`));
  const entry = {
    index,
    kind: 'commit' as const,
    sender,
    entryId,
    at: 1_000,
    hash: await sha256(crypto.subtle, message),
    size: message.length,
    isDropped: false,
    before: before?.head ?? new Uint8Array(32),
    lists,
  };
  const roster = { ...lists, leaving: [], spoken: [sender], places: [], commits: [{ agentId: sender, at: index }] };
  return {
    entry,
    message,
    welcome: { message, to: ['agent_c'] },
    after: { groupId, next: index + 1, head, at: 1_000, lastCommit: index, written: 0, roster },
    account: (current) => ({ ...current, welcomeBytes: current.welcomeBytes + 1 }),
    rememberUntil: 4_000_000_000,
  };
}

const store = await openStore();
for (let at = 0; at < Number(most); at += 1) {
  const entryId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
  const append = await nextCommit(await store.group(groupId), entryId);
  process.stdout.write(`try ${entryId}\n`);
  if (await store.append(append)) process.stdout.write(`done ${entryId} ${append.entry.index}\n`);
}
process.exit(0);
