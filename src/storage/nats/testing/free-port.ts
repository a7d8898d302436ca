import { createServer } from 'node:net';

/** Ports below those that the system gives to outgoing connections: nobody gets one between its choice and its use by chance. */
const first = 12_000;
const last = 32_000;

/** Returns a port of this machine that is free just now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, 'localhost', () => probe.close(() => resolve(true)));
  });
}
