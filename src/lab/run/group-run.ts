import { type Lab, runEach } from './run.ts';
import type { Attempt, Refusal, Verdict } from './scenario.ts';

/** One try against a group. Its facts come from the agents alone. */
export interface GroupTry<Stage> {
  readonly id: string;
  readonly title: string;
  act(stage: Stage): Promise<GroupFacts>;
}

/** What a try against a group is judged by. */
export interface GroupFacts {
  /** Whether the attacker got what was wanted, read from the agents’ state. */
  readonly succeeded: boolean;
  readonly expected?: Verdict['expected'];
  readonly refusal?: Refusal | undefined;
  readonly evidence: readonly string[];
}

/** Runs tries one after the other on one stage: its agents are made once. Returns the attempts as `runEach` does. */
export async function runGroupTries<Stage extends { close(): void }>(
  lab: Lab,
  open: () => Promise<Stage>,
  tries: readonly GroupTry<Stage>[],
): Promise<readonly Attempt[]> {
  lab.progress({ done: 0, of: tries.length, doing: 'making agents and a group' });
  const stage = await open();
  try {
    return await runEach(lab, tries, async (each) => attemptOf(each, await each.act(stage)));
  } finally {
    stage.close();
  }
}

/** Runs one try on a stage of its own. */
export async function onGroupStage<Stage extends { close(): void }>(
  open: () => Promise<Stage>,
  each: GroupTry<Stage>,
): Promise<Attempt> {
  const stage = await open();
  try {
    return attemptOf(each, await each.act(stage));
  } finally {
    stage.close();
  }
}

function attemptOf({ id, title }: Pick<GroupTry<never>, 'id' | 'title'>, facts: GroupFacts): Attempt {
  const { succeeded, expected = 'refused', refusal, evidence } = facts;
  const outcome = succeeded ? 'succeeded' : 'refused';
  const told = succeeded || refusal === undefined ? {} : { refusal };
  return { id, title, messages: [], isOnLog: true, verdict: { outcome, expected, ...told, evidence } };
}
