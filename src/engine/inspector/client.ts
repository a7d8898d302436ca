import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../platform/error-transfer.ts';
import { notStarted } from '../../platform/worker-start.ts';
import type { Inspector } from './api.ts';

carryParleyErrors();

let inspector: Inspector | undefined;

/**
 * Returns the inspector's worker, started when it is first needed and kept for the page; after a failed start it is
 * started again.
 */
export function theInspector(): Inspector {
  inspector ??= start();
  return inspector;
}

function start(): Inspector {
  const worker = new Worker(new URL('./inspector.worker.ts', import.meta.url), {
    type: 'module',
    name: 'parley inspector',
  });
  const remote = Comlink.wrap<Inspector>(worker);
  const failed = notStarted(worker, 'The part of Parley that checks messages');
  failed.catch(() => {
    inspector = undefined;
    worker.terminate();
  });
  const orFailed = <T>(work: Promise<T>): Promise<T> => Promise.race([work, failed]);
  return {
    canonical: (body) => orFailed(remote.canonical(body)),
    certificate: (base64) => orFailed(remote.certificate(base64)),
    review: (input) => orFailed(remote.review(input)),
  };
}
