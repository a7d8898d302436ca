import { MlsError } from '../../errors.ts';
import { ForgedMessage } from './epoch.ts';

/** Returns the code of what `act` throws, `forged` for a signature that the caller refuses, or `accepted`. Anything but an MlsError goes on. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ForgedMessage) return 'forged';
    if (error instanceof MlsError) return error.code;
    throw error;
  }
  return 'accepted';
}
