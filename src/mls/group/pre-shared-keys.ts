import { type Bytes, equalBytes, toHex } from '../bytes.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type PreSharedKeyId, writePreSharedKeyId } from '../structures/pre-shared-key-id.ts';

/** A pre-shared key that this member has: one from outside, or an epoch's resumption secret. */
export type PreSharedKey =
  | { readonly type: 'external'; readonly pskId: Bytes; readonly psk: Bytes }
  | { readonly type: 'resumption'; readonly groupId: Bytes; readonly epoch: bigint; readonly psk: Bytes };

/** Checks the names of a commit's keys (RFC 9420, sections 12.1.4 and 12.2). Throws `invalid_psk_nonce`, `invalid_psk_usage`, `duplicate_psk`. */
export function checkPreSharedKeyIds(suite: CipherSuite, ids: readonly PreSharedKeyId[]): void {
  const named = new Set<string>();
  for (const id of ids) {
    if (id.nonce.length !== suite.hashLength) {
      throw new MlsError('invalid_psk_nonce', 'The nonce of a pre-shared key is not as long as the hash.');
    }
    assertApplicationUse(id);
    const name = toHex(encode(writePreSharedKeyId, id));
    if (named.has(name)) throw new MlsError('duplicate_psk', 'Two pre-shared keys have one id.');
    named.add(name);
  }
}

/** Throws `invalid_psk_usage` for a resumption key of a reinitialization or a branch, which this implementation does not do. */
export function assertApplicationUse(id: PreSharedKeyId): void {
  if (id.type === 'resumption' && id.usage !== 'application') {
    throw new MlsError('invalid_psk_usage', `A resumption key for ${id.usage} has no place here.`);
  }
}

/** Returns each named key with its value. Throws `unknown_psk`. */
export function resolvePreSharedKeys(
  ids: readonly PreSharedKeyId[],
  keys: readonly PreSharedKey[],
): readonly { readonly id: PreSharedKeyId; readonly psk: Bytes }[] {
  return ids.map((id) => {
    const psk = preSharedKeyOf(id, keys);
    if (psk === undefined) throw new MlsError('unknown_psk', 'This member does not have the pre-shared key.');
    return { id, psk };
  });
}

/** Returns the key that an id names, undefined when it is not among `keys`. */
export function preSharedKeyOf(id: PreSharedKeyId, keys: readonly PreSharedKey[]): Bytes | undefined {
  return keys.find((key) => isNamedBy(key, id))?.psk;
}

function isNamedBy(key: PreSharedKey, id: PreSharedKeyId): boolean {
  if (key.type === 'external') return id.type === 'external' && equalBytes(key.pskId, id.pskId);
  return id.type === 'resumption' && key.epoch === id.epoch && equalBytes(key.groupId, id.groupId);
}
