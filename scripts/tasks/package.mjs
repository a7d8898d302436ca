import { ensurePackage } from '../build.mjs';

/** Builds what `npm pack` packs: the library, the command line and the app that its server serves. */
export async function run() {
  await ensurePackage();
  return 0;
}
