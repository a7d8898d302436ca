import * as Comlink from 'comlink';
import { ParleyError } from '../../protocol/errors.ts';
import { KeyPool } from '../run/key-pool.ts';
import type { Attempt, Progress, ScenarioInfo } from '../run/scenario.ts';
import type { LineState } from './api.ts';
import { catalogue } from './catalogue.ts';
import { FreeLine } from './free-line.ts';

/** The lab in its worker: one pool of keys for everything that is run. */
export class LabHost {
  readonly #keys = new KeyPool();
  #stopping = new AbortController();

  scenarios(): readonly ScenarioInfo[] {
    return catalogue.map(({ info }) => info);
  }

  /** Runs a scenario and resolves to the attempts that were made; `invalid_input` when there is none of this id. */
  async run(
    scenarioId: string,
    onProgress: (progress: Progress) => void,
    onAttempt: (attempt: Attempt) => void,
  ): Promise<readonly Attempt[]> {
    const scenario = catalogue.find(({ info }) => info.id === scenarioId);
    if (scenario === undefined) throw new ParleyError('invalid_input', 'The lab has no such scenario.');
    onProgress({ done: 0, of: 1, doing: 'making keys and certificates' });
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    return scenario.run({ keys: this.#keys, signal, progress: onProgress, report: onAttempt });
  }

  /** Ends the run under way after the attempt that it is at. */
  stop(): void {
    this.#stopping.abort();
  }

  async openLine(onChange: (state: LineState) => void): Promise<FreeLine & Comlink.ProxyMarked> {
    return Comlink.proxy(await FreeLine.open(this.#keys, onChange));
  }
}
