import { noBytes } from '../../mls/bytes.ts';
import { MlsError } from '../../mls/errors.ts';
import { applyCommit } from '../../mls/group/apply-commit.ts';
import { createCommit } from '../../mls/group/create-commit.ts';
import { openMessage, withProposal } from '../../mls/group/open-message.ts';
import { createProposal } from '../../mls/group/send-message.ts';
import { stageCommit } from '../../mls/group/stage-commit.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import type { Chance } from '../../mls/testing/chance.ts';
import { hostileCommit } from '../../mls/testing/hostile-member.ts';
import { TestMember } from '../../mls/testing/test-member.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { membersIn } from '../credential/members.ts';
import { descriptorIn } from '../profile/group-context.ts';
import type { Evidence, Verdict } from '../rules/commit-change.ts';
import { judgeCommit } from '../rules/judge-commit.ts';
import { judgeProposal } from '../rules/judge-proposal.ts';
import { encodeReason } from '../rules/reason.ts';
import { day, type GroupWorld, now } from './group-world.ts';
import { add, describe, descriptorOf, joinedBy, keyPackageOf, membersOfGroup, remove } from './judged-group.ts';

const names = ['anna', 'bert', 'carl', 'dora', 'erik', 'frida'];

/** What each member found of an entry: by its agent_id. */
export type Findings = ReadonlyMap<string, Verdict | string>;

/** A group whose members commit what they like, permitted or not, and judge what the others do. */
export class JudgedHistory {
  readonly #world: GroupWorld;
  readonly #chance: Chance;
  #members: TestMember[] = [];
  /** Grows with each step, so that who comes back has a newer credential. */
  #time = 0;
  /** agent_ids that the Controller has revoked, for who asks. */
  readonly #revoked = new Map<string, number>();

  constructor(world: GroupWorld, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  get members(): readonly TestMember[] {
    return this.#members;
  }

  async begin(): Promise<void> {
    const agents = await Promise.all(names.slice(0, 4).map((name) => this.#world.agent(name)));
    this.#members = [
      ...(await membersOfGroup(agents, { admins: this.#chance.pick([['anna'], ['anna', 'bert'], []]) })),
    ];
  }

  /** One member asks to leave, or commits; returns what every other found of it. */
  async step(): Promise<Findings> {
    this.#time += 1;
    const actor = this.#chance.pick(this.#members);
    if (this.#chance.percent(15)) return this.#propose(actor);
    const { message, joiner, back } = await this.#commit(actor);
    const at = now + this.#chance.pick([0, 1, 29, 31, 40]) * day + this.#time;
    const findings = new Map<string, Verdict | string>();
    const kept: TestMember[] = [];
    for (const member of this.#members) {
      if (member === actor) continue;
      const isOut = await this.#take(member, message, at, findings);
      if (!isOut) kept.push(member);
    }
    const [first] = findings.values();
    const isValid = typeof first === 'object' && 'valid' in first && first.valid;
    if (isValid && back !== undefined) {
      actor.state = back.next;
      this.#members = [actor, ...kept];
      if (joiner !== undefined) {
        const state = await joinedBy(back.welcome, joiner.own);
        this.#members.push(new TestMember(joiner.agentId, state));
      }
    }
    return findings;
  }

  async #take(
    member: TestMember,
    message: Bytes,
    at: number,
    findings: Map<string, Verdict | string>,
  ): Promise<boolean> {
    const opened = await openMessage(member.state, decodeMlsMessage(message));
    member.state = opened.state;
    if (opened.content.type !== 'commit') throw new Error('The message is no commit.');
    try {
      const staged = await stageCommit(opened.state, opened.content.commit);
      const verdict = await judgeCommit(staged, this.#evidence(at));
      findings.set(member.name, verdict);
      if (!('valid' in verdict && verdict.valid)) return false;
      const applied = await applyCommit(staged);
      if (applied.type === 'removed') return true;
      member.state = applied.state;
    } catch (error) {
      if (!(error instanceof MlsError)) throw error;
      findings.set(member.name, error.code);
    }
    return false;
  }

  #evidence(at: number): Evidence {
    const revokedSince = (serial: string): number | undefined => this.#revoked.get(serial);
    return { at, ...this.#world.evidence, revocations: { revokedSince, isFinal: true } };
  }

  async #propose(actor: TestMember): Promise<Findings> {
    const removed = this.#chance.percent(70) ? actor.leafIndex : this.#chance.pick(this.#members).leafIndex;
    const sent = await createProposal(actor.state, { type: 'remove', removed }, { random: this.#chance.bytes });
    const findings = new Map<string, string>();
    for (const member of this.#members) {
      if (member === actor) continue;
      const opened = await openMessage(member.state, decodeMlsMessage(sent.message));
      member.state = opened.state;
      if (opened.content.type !== 'proposal') throw new Error('The message is no proposal.');
      const { proposal } = opened.content;
      try {
        findings.set(member.name, `leaf ${judgeProposal(opened.state, proposal, opened.authenticatedData)}`);
        member.state = withProposal(opened.state, proposal);
      } catch (error) {
        if (!(error instanceof GroupError)) throw error;
        findings.set(member.name, error.code);
      }
    }
    const isTaken = [...findings.values()].some((found) => found.startsWith('leaf'));
    actor.state = isTaken ? sent.state : { ...sent.state, proposals: actor.state.proposals };
    return findings;
  }

  async #commit(actor: TestMember) {
    const { proposals, joiner } = await this.#proposals(actor);
    const authenticatedData = this.#chance.pick([noBytes, noBytes, encodeReason('expired'), encodeReason('revoked')]);
    const references = actor.state.proposals.filter(
      ({ proposal }) =>
        proposal.type === 'remove' &&
        proposal.removed !== actor.leafIndex &&
        this.#chance.percent(90) &&
        !isRemoved(proposals, proposal.removed),
    );
    const intent = { proposals, references, random: this.#chance.bytes };
    try {
      const created = await createCommit(actor.state, { ...intent, authenticatedData });
      actor.state = created.current;
      return { message: created.message, joiner, back: created };
    } catch (error) {
      if (!(error instanceof MlsError)) throw error;
      const message = await hostileCommit(actor.state, { proposals });
      // A forged message leaves its maker's ratchet where it was: one that is dropped uses the same generation.
      const dropped = await createCommit(actor.state, { proposals: [], references: [], random: this.#chance.bytes });
      actor.state = dropped.current;
      return { message, joiner: undefined, back: undefined };
    }
  }

  /** Anything that a member may try, one or two of it. */
  async #proposals(actor: TestMember) {
    const chance = this.#chance;
    const other = chance.pick(this.#members);
    const name = chance.pick(names);
    const rejoins = toHex(actor.state.context.groupId);
    const agent = await this.#world.agent(name);
    const makesJoiner = async (claims: Parameters<typeof keyPackageOf>[1]) => ({
      agentId: name,
      own: await keyPackageOf(agent, claims),
    });
    const notBefore = now + this.#time;
    switch (chance.below(7)) {
      case 0: {
        const joiner = await makesJoiner({ notBefore });
        return { proposals: [add(joiner.own)], joiner };
      }
      case 1: {
        const { serial, agentId } = await this.#world.agent(other.name);
        if (agentId !== actor.name && chance.percent(50)) this.#revoked.set(serial, now + chance.below(2) * 90 * day);
        return { proposals: [remove(other.leafIndex)], joiner: undefined };
      }
      case 2: {
        const joiner = await makesJoiner({ rejoins, notBefore });
        const leaf = membersIn(actor.state.tree).find(({ agentId }) => agentId === name)?.leaf;
        return { proposals: [...(leaf === undefined ? [] : [remove(leaf)]), add(joiner.own)], joiner };
      }
      case 3: {
        const { admins } = descriptorIn(actor.state.context.extensions);
        const present = membersIn(actor.state.tree).map(({ agentId }) => agentId);
        const wanted = chance.percent(50) ? admins : present.filter(() => chance.percent(50));
        const change = {
          name: chance.pick(['Family', 'Work']),
          admins: wanted.toSorted(),
          createdAt: descriptorOf().createdAt,
        };
        return {
          proposals: [describe(change), ...(chance.percent(30) ? [remove(other.leafIndex)] : [])],
          joiner: undefined,
        };
      }
      case 4: {
        const joiner = await makesJoiner({ notBefore });
        return { proposals: [remove(other.leafIndex), add(joiner.own)], joiner };
      }
      default:
        return { proposals: [], joiner: undefined };
    }
  }
}

function isRemoved(proposals: readonly Proposal[], leaf: number): boolean {
  return proposals.some((proposal) => proposal.type === 'remove' && proposal.removed === leaf);
}
