import type { Reader } from '../../mls/codec/reader.ts';
import { encode, type Writer } from '../../mls/codec/writer.ts';
import type { CipherSuite } from '../../mls/crypto/cipher-suite.ts';
import { decodeState, encodeState } from '../../mls/group/snapshot.ts';
import { readAuthenticatedContent, writeAuthenticatedContent } from '../../mls/structures/authenticated-content.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { type Bytes, wipe } from '../../protocol/bytes.ts';
import type { PendingCommit } from '../member/own-entries.ts';
import { readEntry, writeEntry } from './entry-record.ts';
import { readHex, readRecord, readText, readUpTo, recordVersion, unreadable, writeHex, writeText } from './record.ts';

/** Returns the record of a commit that waits. `keyId` is that of the own leaf's signature key in the epoch that it makes. It holds secrets. */
export function encodePending(pending: PendingCommit, keyId: string): Bytes {
  return encode((writer: Writer, value: PendingCommit) => {
    writer.u8(recordVersion);
    writeEntry(writer, value);
    writer.opaque(value.madeIn);
    writeHex(writer, keyId);
    writer.u8(value.newKey === undefined ? 0 : 1);
    const next = encodeState(value.next);
    writer.opaque(next);
    wipe(next);
    writeAuthenticatedContent(writer, value.commit);
    writer.vector(Object.entries(value.schedule), (inner, [name, fingerprint]) => {
      writeText(inner, name);
      writeText(inner, fingerprint);
    });
    writer.optional(value.memo, (inner, memo) => inner.opaque(memo));
  }, pending);
}

function readPending(reader: Reader) {
  return {
    ...readEntry(reader),
    madeIn: reader.opaque(),
    keyId: readHex(reader, 32),
    isNewKey: readUpTo(reader, 1) === 1,
    next: reader.opaque(),
    commit: readAuthenticatedContent(reader),
    schedule: Object.fromEntries(reader.vector((inner) => [readText(inner), readText(inner)] as const)),
    memo: reader.optional((inner) => inner.opaque()),
  };
}

/** Reads the record of a commit that waits. Throws `storage_failed`, also when its signature key is gone. */
export async function decodePending(
  suite: CipherSuite,
  bytes: Bytes,
  key: (id: string) => Promise<CryptoKey | undefined>,
): Promise<PendingCommit> {
  const { keyId, isNewKey, next: stored, memo, ...rest } = readRecord(bytes, readPending);
  const privateKey = await key(keyId);
  if (privateKey === undefined) throw unreadable();
  const next = await decodeState(suite, stored, privateKey);
  wipe(stored);
  const publicKey = leafAt(next.tree, next.ownLeaf)?.signatureKey;
  if (publicKey === undefined) throw unreadable();
  return {
    ...rest,
    next,
    ...(isNewKey ? { newKey: { publicKey, privateKey } } : {}),
    ...(memo === undefined ? {} : { memo }),
  };
}
