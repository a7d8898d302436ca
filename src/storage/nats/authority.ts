import type { KV } from '@nats-io/kv';
import type { AuthorityStore, StoredAuthority } from '../../controller/store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { guarded } from '../guarded.ts';
import { changeKey, readKey } from './change.ts';

/**
 * The CA of a group of servers: its key never leaves `authority`, its certificate is pinned in the bucket by the first server,
 * and a server that has another CA, or none, does not start. Rejects with `storage_failed`.
 */
export function pinnedAuthority(authority: AuthorityStore, kv: KV): AuthorityStore {
  const pin = async (own: StoredAuthority): Promise<StoredAuthority> => {
    const certificate = toHex(own.certificate);
    let pinned = certificate;
    await changeKey(kv, 'authority', (text) => {
      pinned = text ?? certificate;
      return text === undefined ? certificate : undefined;
    });
    if (pinned === certificate) return own;
    throw new ParleyError(
      'storage_failed',
      'This server has a CA of its own, and its group has another. Copy the CA file of a server of the group here.',
    );
  };
  return {
    keepsKeyAsFile: authority.keepsKeyAsFile,
    loadAuthority: () =>
      guarded(async () => {
        const own = await authority.loadAuthority();
        if (own !== undefined) return pin(own);
        if ((await readKey(kv, 'authority')).text === undefined) return undefined;
        throw new ParleyError(
          'storage_failed',
          'The servers of this group have a CA already. Copy the CA file of one of them here.',
        );
      }),
    keepAuthority: (candidate) => guarded(async () => pin(await authority.keepAuthority(candidate))),
  };
}
