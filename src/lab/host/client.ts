import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../platform/error-transfer.ts';
import { notStarted } from '../../platform/worker-start.ts';
import type { Lab, Line } from './api.ts';
import type { LabHost } from './host.ts';

carryParleyErrors();

/** Starts the lab in a worker of its own. */
export function openLab(): Lab {
  const worker = new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'parley lab' });
  const host = Comlink.wrap<LabHost>(worker);
  const crashed = notStarted(worker, 'The attack lab');
  const orCrash = <T>(work: Promise<T>): Promise<T> => Promise.race([work, crashed]);
  return {
    scenarios: () => orCrash(host.scenarios()),
    run: (scenarioId, onProgress, onAttempt) =>
      orCrash(host.run(scenarioId, Comlink.proxy(onProgress), Comlink.proxy(onAttempt))),
    stop: () => orCrash(host.stop()),
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
