import { MlsError } from '../errors.ts';

/** Returns the code that `act` throws, or `accepted`. An error that is no MlsError goes on. */
export function codeThrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return codeIn(error);
  }
  return 'accepted';
}

/** Returns the code that `act` is refused with, or `accepted`. An error that is no MlsError goes on. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    return codeIn(error);
  }
  return 'accepted';
}

function codeIn(error: unknown): string {
  if (error instanceof MlsError) return error.code;
  throw error;
}
