import { asParleyError, type ParleyError } from '../../protocol/errors.ts';
import { excerpt } from './excerpt.ts';
import { type Facts, judge } from './judge.ts';
import type { KeyPool } from './key-pool.ts';
import { latestSession, recordSession } from './record.ts';
import type { Attempt, LabMessage, Progress, ScenarioInfo } from './scenario.ts';
import { type LabAgent, type LabAgentDeps, LabWorld } from './world.ts';

/** What a scenario works with. */
export interface Lab {
  readonly keys: KeyPool;
  /** Aborted when the person has had enough: no further attempt begins. */
  readonly signal: AbortSignal;
  /** Reports how far it is. */
  progress(progress: Progress): void;
  /** An attempt has ended. */
  report(attempt: Attempt): void;
}

/** An attack: its words, and what is done. */
export interface Scenario {
  readonly info: ScenarioInfo;
  run(lab: Lab): Promise<readonly Attempt[]>;
}

/** Traveller and Helper with the attacker between them. */
export interface Stage {
  readonly world: LabWorld;
  readonly traveller: LabAgent;
  readonly helper: LabAgent;
}

/** One try: what is done, and the facts that came of it. */
export interface Try {
  readonly id: string;
  readonly title: string;
  act(stage: Stage): Promise<Facts & { readonly sessionId?: string | undefined }>;
}

/** Opens a stage, gives it to `play` and clears it away. `unusual` is what is unusual about its Helper. */
export async function onStage<T>(
  lab: Lab,
  play: (stage: Stage) => Promise<T>,
  unusual: Partial<LabAgentDeps> = {},
): Promise<T> {
  const world = await LabWorld.create(lab.keys);
  try {
    const traveller = await world.openTraveller();
    const helper = await world.openHelper(unusual);
    return await play({ world, traveller, helper });
  } finally {
    world.close();
  }
}

/** Runs tries one after the other, each by `perform`: on a stage of its own, if nothing else is said. Returns the attempts as `runEach` does. */
export function runTries(
  lab: Lab,
  tries: readonly Try[],
  perform: (each: Try) => Promise<Attempt> = (each) => onStage(lab, (stage) => runTry(each, stage)),
): Promise<readonly Attempt[]> {
  return runEach(lab, tries, perform);
}

/**
 * Performs tries of any kind one after the other and reports each. Returns the attempts that were made: all of them, unless the lab's
 * signal was aborted.
 */
export async function runEach<Each extends Pick<Try, 'title'>>(
  lab: Lab,
  tries: readonly Each[],
  perform: (each: Each) => Promise<Attempt>,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const [done, each] of tries.entries()) {
    if (lab.signal.aborted) return attempts;
    lab.progress({ done, of: tries.length, doing: each.title });
    const attempt = await perform(each);
    attempts.push(attempt);
    lab.report(attempt);
  }
  lab.progress({ done: tries.length, of: tries.length, doing: 'done' });
  return attempts;
}

/** One try on a stage that others are made on too, and what has been put on it for all of them. */
export interface SharedTry<Props> extends Omit<Try, 'act'> {
  act(stage: Stage, props: Props): ReturnType<Try['act']>;
}

/** Runs tries one after the other on one stage, where each leaves everything as it was. `prepare` puts on it what they need. */
export function runOnOneStage<Props>(
  lab: Lab,
  tries: readonly SharedTry<Props>[],
  prepare: (stage: Stage) => Promise<Props>,
  unusual: Partial<LabAgentDeps> = {},
): Promise<readonly Attempt[]> {
  lab.progress({ done: 0, of: tries.length, doing: 'opening the agents' });
  return onStage(
    lab,
    async (stage) => {
      const props = await prepare(stage);
      const perform = (each: SharedTry<Props>) =>
        runTry({ id: each.id, title: each.title, act: (on) => each.act(on, props) }, stage);
      return runEach(lab, tries, perform);
    },
    unusual,
  );
}

/** Runs one try on a stage. */
export async function runTry({ id, title, act }: Try, stage: Stage): Promise<Attempt> {
  const { world, traveller, helper } = stage;
  world.wire.clear();
  const since = world.clock.monotonic();
  const { sessionId = latestSession(traveller), ...facts } = await act(stage);
  const recording = await recordSession(world, [traveller, helper], sessionId);
  return {
    id,
    title,
    messages: kept(world.wire.log),
    ...(recording === undefined ? {} : { recording }),
    verdict: judge(world, [traveller, helper], since, facts),
  };
}

/** Returns all of a log, or of a flood the beginning and the end; of a large envelope the beginning. */
function kept(log: readonly LabMessage[]): readonly LabMessage[] {
  const some = log.length <= 60 ? log : [...log.slice(0, 40), ...log.slice(-20)];
  return some.map(excerpt);
}

/** Returns the error that `work` ended with; undefined when it succeeded. */
export async function failureOf(work: Promise<unknown>): Promise<ParleyError | undefined> {
  try {
    await work;
    return undefined;
  } catch (cause) {
    return asParleyError(cause);
  }
}

/** Connects Traveller to Helper and sends a request, on a line that nobody touches: what it takes for a refusal to mean anything. */
export async function converse({ traveller, helper }: Stage, text: string): Promise<string> {
  await traveller.agent.connect(helper.agentId);
  await traveller.agent.send({ peerId: helper.agentId, method: 'send_request', parameters: { query: text } });
  const sessionId = latestSession(traveller);
  return `Control: without the attacker, session ${sessionId?.slice(0, 8)} was established and a request answered. So the line works.`;
}
