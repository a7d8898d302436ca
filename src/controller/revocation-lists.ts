import { issueRevocationList } from '../pki/authority.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { ControllerContext } from './context.ts';

/** Seconds a CRL is good for; it is renewed at half of them. */
const lifetime = 3_600;
const renewAfter = lifetime / 2;

/** The newest CRL, renewed when it is half through its life. DER. */
export async function currentRevocationList(context: ControllerContext): Promise<Bytes> {
  const stored = await context.store.loadList();
  const age = stored === undefined ? Number.POSITIVE_INFINITY : context.now() - stored.thisUpdate;
  // A list from the future was made under a wrong clock: replace it.
  return stored !== undefined && age >= 0 && age < renewAfter ? stored.der : renewRevocationList(context);
}

/** Signs and keeps a CRL of every revoked certificate, until 31 days after it expired. */
export async function renewRevocationList(context: ControllerContext): Promise<Bytes> {
  const { store } = context;
  // The number is taken before the agents are read: a list of a higher number has seen every revocation of a lower one.
  const number = await store.nextListNumber();
  const thisUpdate = context.now();
  const revoked = await store.revokedSerials(thisUpdate);
  const nextUpdate = thisUpdate + lifetime;
  const der = await issueRevocationList(await context.authority(), { number, thisUpdate, nextUpdate, revoked });
  await store.keepList({ number, der, thisUpdate, nextUpdate });
  return (await store.loadList())?.der ?? der;
}
