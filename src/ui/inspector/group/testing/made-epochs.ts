import type { EpochView, TreeNodeView } from '../../../../agent/contracts/group-views.ts';

/** What a made commit does. A commit that only adds has no path. */
interface MadeCommit {
  readonly by: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

interface Parent {
  readonly fingerprint: string;
  readonly since: number;
  readonly unmerged: readonly number[];
}

/** Makes the epochs that commits lead to, by the rules of TreeKEM, without any key: a fingerprint is a number that no other has. */
export class MadeEpochs {
  readonly views: EpochView[] = [];
  readonly #self: string;
  readonly #groupId: string;
  #leaves: ({ readonly agentId: string; readonly fingerprint: string; readonly since: number } | undefined)[];
  readonly #parents = new Map<number, Parent>();
  #count = 0;

  constructor(self: string, groupId: string) {
    this.#self = self;
    this.#groupId = groupId;
    this.#leaves = [{ agentId: self, fingerprint: this.#fingerprint(), since: 0 }];
  }

  commit({ by, add = [], remove = [] }: MadeCommit): this {
    const epoch = this.views.length + 1;
    for (const agentId of remove) {
      const leaf = this.#leafOf(agentId);
      this.#leaves[leaf] = undefined;
      for (const node of this.#above(leaf)) this.#parents.delete(node);
    }
    const joined = add.map((agentId) => this.#add(agentId, epoch));
    const path = remove.length === 0 && add.length > 0 ? [] : this.#renew(this.#leafOf(by), joined, epoch);
    this.views.push(this.#view(epoch, { by, add, remove }, path));
    return this;
  }

  #add(agentId: string, since: number): number {
    const free = this.#leaves.indexOf(undefined);
    const leaf = free === -1 ? this.#leaves.length : free;
    if (free === -1) this.#leaves = [...this.#leaves, ...Array.from({ length: leaf }, () => undefined)];
    this.#leaves[leaf] = { agentId, fingerprint: this.#fingerprint(), since };
    for (const node of this.#above(leaf)) {
      const parent = this.#parents.get(node);
      if (parent !== undefined) this.#parents.set(node, { ...parent, unmerged: [...parent.unmerged, leaf] });
    }
    return leaf;
  }

  #renew(leaf: number, joined: readonly number[], since: number): EpochView['path'] {
    const own = this.#leaves[leaf];
    if (own !== undefined) this.#leaves[leaf] = { ...own, fingerprint: this.#fingerprint(), since };
    let below = 2 * leaf;
    const path: EpochView['path'][number][] = [];
    for (const node of this.#above(leaf)) {
      const copath = 2 * node - below;
      below = node;
      const targets = this.#resolution(copath);
      if (targets.length === 0) continue;
      path.push({ node, encryptedTo: targets.filter((target) => !joined.includes(target / 2)) });
    }
    for (const node of this.#above(leaf)) this.#parents.delete(node);
    for (const { node } of path) this.#parents.set(node, { fingerprint: this.#fingerprint(), since, unmerged: [] });
    return path;
  }

  #resolution(node: number): readonly number[] {
    if (node % 2 === 0) return this.#leaves[node / 2] === undefined ? [] : [node];
    const parent = this.#parents.get(node);
    if (parent !== undefined) return [node, ...parent.unmerged.map((leaf) => 2 * leaf)];
    const half = 1 << (levelOf(node) - 1);
    return [...this.#resolution(node - half), ...this.#resolution(node + half)];
  }

  #view(epoch: number, { by, add = [], remove = [] }: MadeCommit, path: EpochView['path']): EpochView {
    const self = this.#leafOf(this.#self);
    const members = this.#leaves.flatMap((leaf, index) =>
      leaf === undefined ? [] : [{ agentId: leaf.agentId, leaf: index }],
    );
    const nodes = Array.from({ length: 2 * this.#leaves.length - 1 }, (_, node): TreeNodeView => {
      const level = levelOf(node);
      const leaf = level === 0 ? this.#leaves[node / 2] : undefined;
      const key = leaf ?? this.#parents.get(node);
      if (key === undefined) return { node, level, kind: 'blank', unmerged: [], isKnown: false };
      const unmerged = 'unmerged' in key ? key.unmerged : [];
      const isKnown = Math.abs(2 * self - node) < 1 << level && !unmerged.includes(self);
      return {
        node,
        level,
        kind: level === 0 ? 'leaf' : 'parent',
        keyFingerprint: key.fingerprint,
        ...(leaf === undefined ? {} : { member: leaf.agentId }),
        unmerged,
        isKnown,
        sinceEpoch: key.since,
      };
    });
    const names = ['commit_secret', 'joiner_secret', 'psk_secret', 'welcome_secret', 'exporter_secret', 'init_secret'];
    return {
      ...{ groupId: this.#groupId, epoch, by, at: 1_790_000_000 + 60 * epoch, index: 2 * epoch },
      ...{ leafCount: this.#leaves.length, nodes, members, added: add, removed: remove, path },
      schedule: names.map((name) => ({ name, from: [], fingerprint: this.#fingerprint() })),
    };
  }

  #leafOf(agentId: string): number {
    const leaf = this.#leaves.findIndex((one) => one?.agentId === agentId);
    if (leaf === -1) throw new TypeError(`${agentId} is no member.`);
    return leaf;
  }

  /** Returns the parents above a leaf, the lowest first. */
  #above(leaf: number): readonly number[] {
    return Array.from({ length: Math.log2(this.#leaves.length) }, (_, at) => {
      const span = 2 << at;
      return Math.floor(leaf / span) * 2 * span + span - 1;
    });
  }

  #fingerprint(): string {
    return (++this.#count).toString(16).padStart(16, '0');
  }
}

/** Returns how far a node is above the leaves. */
function levelOf(node: number): number {
  return 31 - Math.clz32(~node & (node + 1));
}

/** Returns epochs of a group of `count` members, Traveller and Helper the first two: all were added, some have renewed their keys, one was removed. */
export function epochsOf(count: number, groupId: string): readonly EpochView[] {
  const others = Array.from({ length: Math.max(0, count - 2) }, (_, at) => `member-${at + 3}`);
  const made = new MadeEpochs('traveller_agent_001', groupId)
    .commit({ by: 'traveller_agent_001', add: ['helper_agent_001', ...others] })
    .commit({ by: 'helper_agent_001' })
    .commit({ by: 'traveller_agent_001', add: count < 256 ? ['ghost'] : [] });
  for (const by of others.filter((_, at) => at % 3 === 0).slice(0, 40)) made.commit({ by });
  const gone = count < 256 ? 'ghost' : 'member-200';
  return made.commit({ by: 'helper_agent_001', remove: [gone] }).commit({ by: 'traveller_agent_001' }).views;
}
