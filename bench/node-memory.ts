import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Returns what gives the bytes that this process has in use after a collection, of both heap and buffers. */
export function memoryOfProcess(): () => Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return async () => {
    if (typeof collect === 'function') for (let times = 0; times < 4; times++) collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
}
