import { hostAddress } from '../host.ts';

/** Hosts the address it is told, says that each request arrived, and never answers; at `/hang` its thread stands still. */
self.addEventListener('message', async ({ data }: MessageEvent<string>) => {
  await hostAddress(
    data,
    ({ url }) => {
      self.postMessage('arrived');
      while (url.endsWith('/hang'));
      return new Promise<never>(() => undefined);
    },
    { takeOver: false },
  );
  self.postMessage('listening');
});
