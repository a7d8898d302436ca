import { codeOf as codeOfRefusal } from '../../testing/code-of.ts';
import { ForgedMessage } from './epoch.ts';

/** Returns the code of what `act` throws, `forged` for a signature that the caller refuses, or `accepted`. Anything but an MlsError goes on. */
export async function codeOf(act: () => unknown): Promise<string> {
  let isForged = false;
  const code = await codeOfRefusal(async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ForgedMessage)) throw error;
      isForged = true;
    }
  });
  return isForged ? 'forged' : code;
}
