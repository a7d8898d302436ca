/** Runs the worker of handshakes and messages and gives what it found. */
export function runInWorker(): Promise<unknown> {
  return answerOf(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
}

/** Runs the worker of messages and gives what it found. */
export function runMessagesInWorker(): Promise<unknown> {
  return answerOf(new Worker(new URL('./messages/worker.ts', import.meta.url), { type: 'module' }));
}

/** Runs the worker of streams and gives what it found. */
export function runStreamInWorker(): Promise<unknown> {
  return answerOf(new Worker(new URL('./streams/worker.ts', import.meta.url), { type: 'module' }));
}

/** Runs the worker of the history and gives what it found. */
export function runHistoryInWorker(): Promise<unknown> {
  return answerOf(new Worker(new URL('./history/worker.ts', import.meta.url), { type: 'module' }));
}

/** Runs the worker of MLS and gives what it found. */
export function runMlsInWorker(): Promise<unknown> {
  return answerOf(new Worker(new URL('./mls/worker.ts', import.meta.url), { type: 'module' }));
}

/** Runs the worker of groups with up to so many members and gives what it found. */
export function runGroupsInWorker(upTo: number): Promise<unknown> {
  const worker = new Worker(new URL('./groups/worker.ts', import.meta.url), { type: 'module' });
  const answer = answerOf(worker);
  worker.postMessage(upTo);
  return answer;
}

function answerOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
}
