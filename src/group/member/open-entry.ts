import { MlsError } from '../../mls/errors.ts';
import { type OpenedMessage, openMessage } from '../../mls/group/open-message.ts';
import { stageCommit } from '../../mls/group/stage-commit.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { AuthenticatedContent } from '../../mls/structures/authenticated-content.ts';
import type { ContentType } from '../../mls/structures/enumerations.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { PrivateMessageHead } from '../../mls/structures/private-message.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { EntryKind, LogEntry } from '../log/entry.ts';
import { groupMessageHead } from '../profile/message-head.ts';
import type { EntryCode } from './entry-codes.ts';
import type { GroupMember, MemberStep } from './group-member.ts';
import { agentAt, heard } from './known.ts';
import { openLeave } from './open-leave.ts';
import { openOwn } from './open-own.ts';
import { openPayload } from './open-payload.ts';
import type { OpenedEntry } from './opened-entry.ts';
import type { OwnEntries } from './own-entries.ts';
import { positionAfter, stepWith } from './position.ts';
import { isRefusal } from './refusal.ts';
import type { OpeningTools, Verified } from './verified.ts';

/** A message of which only the clear head was read. */
interface Headed {
  readonly entry: LogEntry;
  readonly message: Bytes;
  readonly head: PrivateMessageHead;
  readonly position: MemberStep;
}

const contentOfKind = {
  message: 'application',
  proposal: 'proposal',
  commit: 'commit',
} as const satisfies Record<EntryKind, ContentType>;

/**
 * Opens the next entry of the log, as every member does (groups page, section 4): what it returns is stored with what it led to, in one
 * transaction, before the next one is opened. A commit comes back unjudged and nothing of it is stored before `applyCommitEntry`; to open
 * it again gives the same. Throws `malformed_message` for another entry than the next one, and nothing for what an entry holds.
 */
export async function openEntry(
  tools: OpeningTools,
  member: GroupMember,
  entry: LogEntry,
  own: OwnEntries,
): Promise<OpenedEntry> {
  const position = await positionAfter(tools.subtle, member, entry);
  const { content } = entry;
  const hash = toHex('message' in content ? await sha256(tools.subtle, content.message) : content.messageHash);
  const mine = own.find(hash);
  if (!('message' in content)) {
    if (mine?.kind === 'message') return openOwn(mine, undefined, entry, position);
    return { type: entry.kind === 'message' ? 'gone' : 'stranded', step: position };
  }
  const { message } = content;
  return refusable(position, undefined, async () => {
    const head = groupMessageHead(message);
    if (head.contentType !== contentOfKind[entry.kind]) return skipped('kind_mismatch', position);
    if (mine !== undefined) return openOwn(mine, head, entry, position);
    if (head.epoch > member.state.context.epoch) return ahead(entry, position);
    return openOther(tools, { entry, message, head, position });
  });
}

/** Opens what another member has sent. Once it is verified its generation is used, whatever becomes of it. */
async function openOther(tools: OpeningTools, headed: Headed): Promise<OpenedEntry> {
  const { entry, position } = headed;
  const opened = await openMessage(position.member.state, decodeMlsMessage(headed.message));
  const { sender, content, authenticatedData } = opened;
  if (sender.type !== 'member') throw new MlsError('unsupported_sender', 'Only members send in a group.');
  const by = agentAt(position.member.state.tree, sender.leafIndex);
  const step = heard(advanced(position, opened, sender.leafIndex), by);
  const verified = { entry, step, leaf: sender.leafIndex, by, authenticatedData };
  return refusable(step, by, async () => {
    if (content.type === 'application') return openPayload(tools, verified, content.data);
    if (content.type === 'proposal') return openLeave(verified, content.proposal);
    return openCommit(verified, content.commit);
  });
}

async function openCommit(verified: Verified, commit: AuthenticatedContent): Promise<OpenedEntry> {
  const { entry, step, by } = verified;
  const staged = await stageCommit(step.member.state, commit);
  return { type: 'commit', entry, staged, by, own: undefined, passedOver: step };
}

function advanced(position: MemberStep, opened: OpenedMessage, leaf: LeafIndex): MemberStep {
  const changed = opened.isFirstOfSender ? { secrets: true as const } : { ratchets: leaf };
  return { ...stepWith(position, { state: opened.state }, changed), consumed: opened.consumed };
}

/** An entry of a later epoch: what its sender has applied this member has not. */
function ahead(entry: LogEntry, position: MemberStep): OpenedEntry {
  const known = position.member.ahead;
  const senders = known.includes(entry.sender) ? known : [...known, entry.sender].slice(-mostAhead);
  const step = stepWith(position, { ahead: senders }, {});
  return { type: 'skipped', code: 'epoch_in_the_future', by: undefined, step };
}

/** Two are enough to know. */
const mostAhead = 2;

function skipped(code: EntryCode, step: MemberStep): OpenedEntry {
  return { type: 'skipped', code, by: undefined, step };
}

/** Runs `open`; what it refuses by a code is skipped with this step. */
async function refusable(
  step: MemberStep,
  by: string | undefined,
  open: () => Promise<OpenedEntry> | OpenedEntry,
): Promise<OpenedEntry> {
  try {
    return await open();
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return { type: 'skipped', code: cause.code, by, step };
  }
}
