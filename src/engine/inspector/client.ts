import * as Comlink from 'comlink';
import { carryParleyErrors } from '../error-transfer.ts';
import type { Inspector } from './api.ts';

carryParleyErrors();

let inspector: Inspector | undefined;

/** The inspector's worker, started when it is first needed and kept for the page. */
export function theInspector(): Inspector {
  if (inspector === undefined) {
    const worker = new Worker(new URL('./inspector.worker.ts', import.meta.url), {
      type: 'module',
      name: 'parley inspector',
    });
    const remote = Comlink.wrap<Inspector>(worker);
    inspector = {
      canonical: (body) => remote.canonical(body),
      certificate: (base64) => remote.certificate(base64),
      review: (input) => remote.review(input),
    };
  }
  return inspector;
}
