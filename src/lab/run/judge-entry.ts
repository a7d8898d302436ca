import { groupOf, membersOf, skippedBy, tellGroup } from './group-facts.ts';
import type { GroupFacts } from './group-run.ts';
import type { GroupStage } from './group-stage.ts';

/** A commit entry of the attacker's in a group's log, and the epoch that it came in. */
export interface AttackersCommit {
  readonly groupId: string;
  readonly index: number;
  readonly epoch: number;
}

/**
 * Waits until both agents have read the attacker's commit. It succeeded when either applied it or has no record of it, or when they cannot
 * talk to each other any more. `words` say what it was.
 */
export async function judgeCommitEntry(
  stage: GroupStage,
  { groupId, index, epoch }: AttackersCommit,
  words: string,
): Promise<GroupFacts> {
  const { honest } = stage;
  for (const agent of honest) await stage.hasRead(agent, groupId, index);
  const refusals = await Promise.all(honest.map((agent) => skippedBy(agent, groupId, index)));
  const isApplied = honest.some((agent) => groupOf(agent, groupId)?.epoch !== epoch);
  // Who has applied it may not be in the group any more.
  const stopped = isApplied ? undefined : await stage.stopped(groupId, `after entry ${index}`);
  const told = honest.map((agent, i) => {
    const code = refusals[i]?.code;
    const what = code === undefined ? `did not skip entry ${index}` : `skipped entry ${index}: ${code}`;
    return `${agent.agentId} ${what}. Its members are ${membersOf(agent, groupId)}.`;
  });
  const after =
    stopped === undefined
      ? 'Behind it in the log Traveller and Helper each said something, and the other read it: nobody was stopped.'
      : `What ${stopped.agentId} said then reached nobody. ${tellGroup(stopped, groupId)}`;
  return {
    succeeded: isApplied || stopped !== undefined || refusals.includes(undefined),
    refusal: refusals[0],
    evidence: [words, ...told, ...(isApplied ? [] : [after])],
  };
}
