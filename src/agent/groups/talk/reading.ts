import { type OneTalk, talkIds } from './one-talk.ts';
import type { TalkState } from './state-row.ts';
import type { TalkDeps } from './talk-deps.ts';

/** What the person has seen of groups, and whether the others are told. */
export class Reading {
  readonly #deps: TalkDeps;
  readonly #talkOf: (groupId: string) => OneTalk;

  constructor(deps: TalkDeps, talkOf: (groupId: string) => OneTalk) {
    this.#deps = deps;
    this.#talkOf = talkOf;
  }

  /** Notes that the person has seen everything; see `GroupsApi.markRead`. */
  async markRead(groupId: string): Promise<void> {
    const one = this.#talkOf(groupId);
    const { newest, state } = one.memory;
    if (newest > state.seen) await this.#setState(groupId, (before) => ({ ...before, seen: newest }));
    if (!state.sendsReceipts || newest <= state.receipt) return;
    await this.#deps.port.send(groupId, async () => ({
      payload: { ...talkIds(this.#deps), type: 'GROUP_RECEIPT', read: newest },
      step: one.stateStep((before) => ({ ...before, receipt: newest })),
    }));
  }

  /** Tells the others from now on what this agent's owner has seen, or no more. */
  async setReceipts(groupId: string, isOn: boolean): Promise<void> {
    await this.#setState(groupId, (before) => ({ ...before, sendsReceipts: isOn }));
  }

  #setState(groupId: string, change: (before: TalkState) => TalkState): Promise<void> {
    return this.#deps.port.keep(groupId, async () => this.#talkOf(groupId).stateStep(change));
  }
}
