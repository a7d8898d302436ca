import * as Comlink from 'comlink';
import { fromResponseMessage, toRequestMessage } from '../http/http-messages.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ControllerWorker } from './controller.worker.ts';

interface RunningController {
  readonly entry: Comlink.Remote<ControllerWorker>;
  readonly crashed: Promise<never>;
}

let running: RunningController | undefined;

/**
 * Returns the Controller's answer to `request`. Its worker starts with the first one. Rejects with
 * `controller_unreachable` when the worker cannot be loaded or crashes; the next request starts another.
 */
export async function askController(request: Request): Promise<Response> {
  running ??= start();
  const { entry, crashed } = running;
  return fromResponseMessage(await Promise.race([entry.fetch(await toRequestMessage(request)), crashed]));
}

function start(): RunningController {
  const worker = new Worker(new URL('./controller.worker.ts', import.meta.url), {
    type: 'module',
    name: 'parley controller',
  });
  const { promise: crashed, reject } = Promise.withResolvers<never>();
  crashed.catch(() => undefined);
  worker.addEventListener('error', () => {
    running = undefined;
    worker.terminate();
    reject(new ParleyError('controller_unreachable', 'The Controller of this browser did not start. Reload the page.'));
  });
  return { entry: Comlink.wrap<ControllerWorker>(worker), crashed };
}
