import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../engine/error-transfer.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Lab, Line } from './api.ts';
import type { LabHost } from './host.ts';

carryParleyErrors();

/** Starts the lab in a worker of its own. */
export function openLab(): Lab {
  const worker = new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'parley lab' });
  const host = Comlink.wrap<LabHost>(worker);
  const crashed = crashOf(worker);
  const orCrash = <T>(work: Promise<T>): Promise<T> => Promise.race([work, crashed]);
  return {
    scenarios: () => orCrash(host.scenarios()),
    run: (scenarioId, onProgress, onAttempt) =>
      orCrash(host.run(scenarioId, Comlink.proxy(onProgress), Comlink.proxy(onAttempt))),
    openLine: async (onChange): Promise<Line> => {
      const line = await orCrash(host.openLine(Comlink.proxy(onChange)));
      return {
        setHolding: (holding) => orCrash(line.setHolding(holding)),
        decide: (number, decision) => orCrash(line.decide(number, decision)),
        inject: (to, path, body) => orCrash(line.inject(to, path, body)),
        connect: (from) => orCrash(line.connect(from)),
        send: (from, text) => orCrash(line.send(from, text)),
        disconnect: (from) => orCrash(line.disconnect(from)),
        close: async () => {
          await line.close();
          line[Comlink.releaseProxy]();
        },
      };
    },
    close: () => worker.terminate(),
  };
}

/** Rejects when the worker cannot be loaded or fails outside of any call. */
function crashOf(worker: Worker): Promise<never> {
  const crash = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new ParleyError('internal_error', 'The lab’s worker could not be loaded. Reload the page to try again.'));
    });
  });
  // Whoever calls next is told; until then nobody has to be.
  crash.catch(() => undefined);
  return crash;
}
