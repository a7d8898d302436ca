import type { EpochView } from '../../../agent/contracts/group-views.ts';

/** A value of an epoch's key schedule as it is drawn. */
export interface ScheduleNode {
  readonly id: string;
  readonly name: string;
  /** What it is for, one sentence. */
  readonly what: string;
  readonly from: readonly string[];
  /** The column and row where it stands. */
  readonly column: number;
  readonly row: number;
  readonly fingerprint?: string;
}

/** What is drawn of RFC 9420, section 8: id, name, column, row, what it comes from, what it is for. */
const drawn = [
  [
    'init_secret_before',
    'init_secret of the epoch before',
    0,
    1,
    [],
    'Leads from the epoch before: only who was in that one has it, and a joiner gets the joiner secret instead.',
  ],
  [
    'commit_secret',
    'commit_secret',
    0,
    3,
    [],
    'The root of the committer’s path: every member that the path was encrypted for computes it. Without a path it is zero.',
  ],
  ['psk_secret', 'psk_secret', 0, 5, [], 'Parley uses no pre-shared keys: it is zero.'],
  [
    'joiner_secret',
    'joiner_secret',
    1,
    2,
    ['init_secret_before', 'commit_secret'],
    'What a Welcome carries, encrypted to each joiner’s KeyPackage.',
  ],
  ['extracted', 'HKDF-Extract', 2, 3, ['joiner_secret', 'psk_secret'], 'A step in between, which nobody keeps.'],
  ['welcome_secret', 'welcome_secret', 3, 0, ['extracted'], 'Encrypts the group’s description in the Welcome.'],
  [
    'epoch_secret',
    'epoch_secret',
    3,
    5,
    ['extracted'],
    'Bound to the whole group: its tree, members and history. Wiped once the others are derived.',
  ],
  ['sender_data_secret', 'sender_data_secret', 4, 0, ['epoch_secret'], 'Hides which leaf sent a message.'],
  [
    'encryption_secret',
    'encryption_secret',
    4,
    1,
    ['epoch_secret'],
    'The root of the secret tree: the keys of every member’s messages, each used once.',
  ],
  ['exporter_secret', 'exporter_secret', 4, 2, ['epoch_secret'], 'For keys of other protocols. Parley exports none.'],
  ['external_secret', 'external_secret', 4, 3, ['epoch_secret'], 'For commits from outside. Parley takes none.'],
  [
    'confirmation_key',
    'confirmation_key',
    4,
    4,
    ['epoch_secret'],
    'Proves with each commit that its sender has derived the same.',
  ],
  [
    'membership_key',
    'membership_key',
    4,
    5,
    ['epoch_secret'],
    'Authenticates unencrypted messages. Parley takes none.',
  ],
  [
    'resumption_psk',
    'resumption_psk',
    4,
    6,
    ['epoch_secret'],
    'Would lead into another group. Parley makes no use of it.',
  ],
  [
    'epoch_authenticator',
    'epoch_authenticator',
    4,
    7,
    ['epoch_secret'],
    'Equal for all who are in the same epoch of the same history: members compare a hash of it when they look for a fork.',
  ],
  ['init_secret', 'init_secret', 4, 8, ['epoch_secret'], 'Leads to the next epoch.'],
] as const;

/** Rows of the whole drawing. */
export const scheduleRows = 9;

/** Returns the key schedule of an epoch: fingerprints only, those that are known. `before`: the epoch before, if it is kept. */
export function scheduleOf(view: EpochView, before: EpochView | undefined): readonly ScheduleNode[] {
  const known = new Map(view.schedule.map(({ name, fingerprint }) => [name, fingerprint]));
  const init = before?.schedule.find(({ name }) => name === 'init_secret')?.fingerprint;
  if (init !== undefined) known.set('init_secret_before', init);
  return drawn.map(([id, name, column, row, from, what]) => {
    const fingerprint = known.get(id);
    return { id, name, column, row, from, what, ...(fingerprint === undefined ? {} : { fingerprint }) };
  });
}

/** Returns everything that a value is derived from, itself included. */
export function ancestorsOf(nodes: readonly ScheduleNode[], id: string): ReadonlySet<string> {
  const found = new Set<string>([id]);
  // A value comes after what it is derived from.
  for (const node of [...nodes].reverse()) if (found.has(node.id)) for (const parent of node.from) found.add(parent);
  return found;
}

/** Returns everything that is derived from a value, itself included. */
export function descendantsOf(nodes: readonly ScheduleNode[], id: string): ReadonlySet<string> {
  const found = new Set<string>([id]);
  for (const node of nodes) if (node.from.some((parent) => found.has(parent))) found.add(node.id);
  return found;
}
