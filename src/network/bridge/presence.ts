import { liveHosts, normalAddress } from './locks.ts';

/** True when a tab of this browser answers at `address` now. Rejects with `invalid_input` when it is no URL. */
export async function isAddressOnline(address: string): Promise<boolean> {
  const wanted = normalAddress(address);
  return (await liveHosts()).some((host) => host.address === wanted);
}
