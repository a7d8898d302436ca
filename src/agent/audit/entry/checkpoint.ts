import * as v from 'valibot';
import { type Bytes, concat, toHex } from '../../../protocol/bytes.ts';
import { signPss, verifyPss } from '../../../protocol/crypto/signatures.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { canonicalBytes, canonicalText } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { label } from '../../../protocol/wire/label.ts';
import * as member from '../../../protocol/wire/members.ts';
import type { StoredAuditEntry } from '../../contracts/audit-store.ts';
import { hash, milliseconds } from './entries.ts';
import { readJson } from './stored-entry.ts';

/** Where a store keeps the checkpoint: before the first entry. */
export const checkpointIndex = -1;

/** What stands for the deleted beginning of a trail (docs/audit.md), signed by its agent. */
export const auditCheckpoint = v.strictObject({
  agent_id: member.agentId,
  at: milliseconds,
  /** Entries that the trail had up to here, and the hash of the last of them. */
  length: member.counter,
  hash,
  /** Hashes of those of them that are kept, because later entries rest on them. */
  kept: v.array(hash),
  /** The first entry that did not hold when it was deleted. */
  broken_at: v.optional(member.counter),
  /** RSA-PSS by the agent's signing key. */
  signature: member.rsaBytes,
});

/** A checkpoint as it was read. */
export type Checkpoint = v.InferOutput<typeof auditCheckpoint>;
type Statement = Omit<Checkpoint, 'signature'>;

/** Returns how many entries a checkpoint stands for that were deleted. */
export function deletedBy({ length, kept }: Pick<Checkpoint, 'length' | 'kept'>): number {
  return length - kept.length;
}

/** Signs a checkpoint and gives it as a store keeps it. `last` is the hash of the last entry that it stands for, 32 bytes. */
export async function makeCheckpoint(
  subtle: Subtle,
  signingKey: CryptoKey,
  statement: Omit<Statement, 'hash' | 'agent_id'> & { readonly agent_id: string },
  last: Bytes,
): Promise<StoredAuditEntry> {
  const said = written({ ...statement, hash: toHex(last) });
  const signature = encodeBase64(await signPss(subtle, signingKey, signedBytes(said)));
  return { index: checkpointIndex, text: canonicalText({ ...said, signature }), hash: last };
}

/** Returns the checkpoint of a stored row; undefined when the row is none, or was damaged. */
export function readCheckpoint(row: StoredAuditEntry | undefined): Checkpoint | undefined {
  if (row?.index !== checkpointIndex) return undefined;
  const read = v.safeParse(auditCheckpoint, readJson(row.text));
  return read.success ? read.output : undefined;
}

/** Returns a checkpoint as an export has it. */
export function checkpointJson({ signature, ...statement }: Checkpoint): JsonObject {
  return { ...written(statement), signature: encodeBase64(signature) };
}

/** True when the agent of this RSA-PSS key has signed the checkpoint. */
export function isSignedCheckpoint(
  subtle: Subtle,
  key: CryptoKey,
  { signature, ...statement }: Checkpoint,
): Promise<boolean> {
  return verifyPss(subtle, key, signature, signedBytes(written(statement)));
}

/** Returns `label("audit checkpoint") || JCS(checkpoint without signature)`. */
function signedBytes(statement: JsonObject): Bytes {
  return concat(label('audit checkpoint'), canonicalBytes(statement));
}

function written({
  broken_at,
  kept,
  ...rest
}: Omit<Statement, 'agent_id'> & { readonly agent_id: string }): JsonObject {
  return { ...rest, kept: [...kept], ...(broken_at === undefined ? {} : { broken_at }) };
}
