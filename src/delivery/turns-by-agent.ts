/** Runs what one agent has under way one after the other; what others do goes on beside it. */
export class TurnsByAgent {
  /** What comes last of each agent that has anything under way. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` once everything before it of the same agent is over. Rejects as it does. */
  async take<T>(agentId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(agentId) ?? Promise.resolve();
    const run = before.then(work);
    const over = run.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(agentId, over);
    try {
      return await run;
    } finally {
      if (this.#last.get(agentId) === over) this.#last.delete(agentId);
    }
  }
}
