import { ParleyError } from '../../protocol/errors.ts';
import type { FilePolicy } from '../contracts/file-views.ts';
import type { GivenFile } from '../contracts/files-api.ts';
import { mostSize } from './blocks.ts';

/** Throws `invalid_input` for what is no file that can be offered, such as a folder, or one that is too large. */
export async function requireFile(given: GivenFile): Promise<void> {
  const { name, mediaType, blob } = given;
  if (typeof name !== 'string' || typeof mediaType !== 'string' || !(blob instanceof Blob)) {
    throw new ParleyError('invalid_input', 'A file has a name, a mediaType and a blob. Nothing was offered.');
  }
  if (blob.size > mostSize) throw new ParleyError('invalid_input', 'A file has at most 64 GiB. Nothing was offered.');
  try {
    await blob.slice(0, 1).arrayBuffer();
  } catch (cause) {
    const detail = 'This file cannot be read: it may be a folder, or it was deleted. Nothing was offered.';
    throw new ParleyError('invalid_input', detail, { cause });
  }
}

/** Returns a policy. Throws `invalid_input` for what is none. */
export function requirePolicy(policy: FilePolicy): FilePolicy {
  const { kind } = policy;
  if (kind === 'ask' || kind === 'never') return { kind };
  if (kind === 'accept' && Number.isSafeInteger(policy.upTo) && policy.upTo >= 0) return { kind, upTo: policy.upTo };
  throw new ParleyError('invalid_input', 'A policy is ask, never, or accept with upTo as a number of bytes.');
}
