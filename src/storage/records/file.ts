import * as v from 'valibot';
import type { StoredFile, StoredFilePolicy } from '../../agent/contracts/file-store.ts';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import { isErrorCode } from '../../protocol/errors.ts';
import type { BytesSchema } from './bytes.ts';

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const counter = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A code that this version does not know is none that it could show. */
const code = v.fallback(v.pipe(v.string(), v.guard(isErrorCode)), 'internal_error');
const failureV1 = v.object({ code, title: v.string(), detail: v.string() });
const statusV1 = v.picklist([
  'offered',
  'moving',
  'paused',
  'waiting',
  'whole',
  'declined',
  'cancelled',
  'missing',
  'failed',
]);
const wordV1 = v.picklist(['offered', 'accepted', 'declined', 'cancelled', 'paused', 'resumed']);

/** Version 1 of the record of a file. It is never changed: what comes next has the next version. */
export const fileV1 = (bytes: BytesSchema) =>
  v.object({
    id,
    direction: v.picklist(['incoming', 'outgoing']),
    peerId: v.string(),
    peerKey: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(400)),
    mediaType: v.string(),
    size: counter,
    at: v.number(),
    status: statusV1,
    moved: counter,
    digests: v.pipe(
      bytes,
      v.check((digests) => digests.length % 32 === 0),
    ),
    changedAt: v.number(),
    pausedHere: v.boolean(),
    pausedThere: v.boolean(),
    isAutomatic: v.boolean(),
    tell: v.exactOptional(wordV1),
    hash: v.exactOptional(v.string()),
    error: v.exactOptional(failureV1),
    place: v.exactOptional(v.string()),
  });
/** Version 1 of what happens to the files of a peer. */
export const filePolicyV1 = v.object({
  peerId: v.string(),
  policy: v.variant('kind', [
    v.object({ kind: v.literal('ask') }),
    v.object({ kind: v.literal('accept'), upTo: counter }),
    v.object({ kind: v.literal('never') }),
  ]),
  peerKey: v.exactOptional(v.string()),
});

type FileV1 = v.InferOutput<ReturnType<typeof fileV1>>;

/** Returns what is stored of a file. */
export function toFileV1(file: StoredFile): FileV1 {
  const { id, direction, peerId, peerKey, name, mediaType, size, at, status, moved, digests, changedAt, ...rest } =
    file;
  const { pausedHere, pausedThere, isAutomatic, tell, hash, error, place, ...undecided } = rest;
  undecided satisfies NoMembers;
  return {
    ...{ id, direction, peerId, peerKey, name, mediaType, size, at, status, moved, digests, changedAt },
    ...{ pausedHere, pausedThere, isAutomatic },
    ...(tell === undefined ? {} : { tell }),
    ...(hash === undefined ? {} : { hash }),
    ...(error === undefined ? {} : { error: { code: error.code, title: error.title, detail: error.detail } }),
    ...(place === undefined ? {} : { place }),
  };
}

/** Returns what is stored of what happens to the files of a peer. */
export function toFilePolicyV1(stored: StoredFilePolicy): v.InferOutput<typeof filePolicyV1> {
  const { peerId, policy, peerKey, ...undecided } = stored;
  undecided satisfies NoMembers;
  return {
    peerId,
    policy: policy.kind === 'accept' ? { kind: 'accept', upTo: policy.upTo } : { kind: policy.kind },
    ...(peerKey === undefined ? {} : { peerKey }),
  };
}
