import type { ByteSource } from './byte-source.ts';

/** Parts that are taken from a source before others have their turn. */
const partsOfTurn = 256;

/**
 * Returns a source that lets others work from time to time: one that always has its next part ready would otherwise have the whole thread
 * for as long as there is room for its bytes.
 */
export function paced(source: ByteSource): ByteSource {
  let parts = 0;
  return {
    next: async () => {
      parts += 1;
      if (parts % partsOfTurn === 0) await nextTurn();
      return source.next();
    },
    cancel: (reason) => source.cancel(reason),
  };
}

/** Resolves after everything that waits for the thread now. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
