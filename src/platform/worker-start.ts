import { ParleyError } from '../protocol/errors.ts';

/**
 * Rejects with `part_unavailable` when the worker's code cannot be loaded, or fails outside of any call. `part` begins the
 * sentence. Nobody has to be told: who asks the worker races this.
 */
export function notStarted(worker: Worker, part: string): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(
        new ParleyError(
          'part_unavailable',
          `${part} could not be loaded, and nothing was lost. Try again when the server can be reached; after an update of Parley, reload the page.`,
        ),
      );
    });
  });
  failed.catch(() => undefined);
  return failed;
}
