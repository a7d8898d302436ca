import type { GroupMember } from '../../../group/member/group-member.ts';
import type { CommitPlan } from '../../../group/member/intents.ts';

/** Something that is to be done by a commit of this agent, tried until it is done or makes no sense any more. */
export interface Intent {
  /**
   * Returns the commit that does what is left to be done, made for the present member; undefined when nothing is. Throws the code by
   * which it makes no sense any more: nothing has changed then.
   */
  plan(member: GroupMember): Promise<CommitPlan | undefined>;
  /** What it wants is stored from the start, and comes about later when it cannot now. */
  readonly isStored: boolean;
  /** Called once its commit is the group's, or nothing was left to do. */
  done(): void;
  failed(cause: unknown): void;
}

/** Returns an intent with the promise of its end. `isStored`: what it wants is stored already. */
export function intentOf(
  plan: Intent['plan'],
  isStored = false,
): { readonly intent: Intent; readonly ended: Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { intent: { plan, isStored, done: resolve, failed: reject }, ended: promise };
}
