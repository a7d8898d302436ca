import { hostAddress } from '../host.ts';

/** Hosts the address it is told, says that each request arrived, and never answers. */
self.addEventListener('message', async ({ data }: MessageEvent<string>) => {
  await hostAddress(
    data,
    () => {
      self.postMessage('arrived');
      return new Promise<never>(() => undefined);
    },
    { takeOver: false },
  );
  self.postMessage('listening');
});
