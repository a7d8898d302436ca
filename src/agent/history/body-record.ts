import * as v from 'valibot';
import { counter } from '../../protocol/wire/members.ts';
import type { BodyView } from '../contracts/body-views.ts';
import type { NoMembers } from '../contracts/no-members.ts';

/**
 * What is written of the bytes of a request or an answer, in records of version 5 (docs/history.md): all but the bytes. It is never
 * changed.
 */
export const bodyRecordV5: v.GenericSchema<BodyRecordV5> = v.object({
  kind: v.picklist(['bytes', 'stream']),
  mediaType: v.string(),
  streamId: v.exactOptional(v.string()),
  keep: v.exactOptional(counter),
  state: v.picklist(['unread', 'open', 'whole', 'stopped', 'failed']),
  size: v.exactOptional(counter),
  received: v.exactOptional(counter),
  name: v.exactOptional(v.string()),
  hash: v.exactOptional(v.string()),
  error: v.exactOptional(v.object({ code: v.string(), detail: v.string() })),
});

/** The same, written out as in `ExchangeRecordV2`. */
export type BodyRecordV5 = {
  kind: 'bytes' | 'stream';
  mediaType: string;
  streamId?: string;
  keep?: number;
  state: 'unread' | 'open' | 'whole' | 'stopped' | 'failed';
  size?: number;
  received?: number;
  name?: string;
  hash?: string;
  error?: { code: string; detail: string };
};

/** Returns what is written of bytes: how far they came only where that is their end, and nothing of their text. */
export function toBodyRecordV5(view: BodyView): BodyRecordV5 {
  const { kind, mediaType, streamId, keep, state, size, received, name, hash, error, text: _, ...undecided } = view;
  undecided satisfies NoMembers;
  const isPart = state === 'stopped' || state === 'failed';
  return {
    kind,
    mediaType,
    ...(streamId === undefined ? {} : { streamId }),
    ...(keep === undefined ? {} : { keep }),
    state,
    ...(size === undefined ? {} : { size }),
    ...(received === undefined || !isPart ? {} : { received }),
    ...(name === undefined ? {} : { name }),
    ...(hash === undefined ? {} : { hash }),
    ...(error === undefined ? {} : { error: { code: error.code, detail: error.detail } }),
  };
}
