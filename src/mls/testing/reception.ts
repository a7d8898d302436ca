import { expect } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { applyCommit } from '../group/apply-commit.ts';
import type { GroupState } from '../group/group-state.ts';
import { openMessage, withProposal } from '../group/open-message.ts';
import type { PreSharedKey } from '../group/pre-shared-keys.ts';
import { encodeState } from '../group/snapshot.ts';
import { stageCommit } from '../group/stage-commit.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { codeOf } from './code-of.ts';

/** Takes a message as a member does, all checks included, and returns the state after it. Throws what the checks throw, and `removed` as an Error. */
export async function receive(
  state: GroupState,
  message: Uint8Array,
  keys: readonly PreSharedKey[] = [],
): Promise<GroupState> {
  const opened = await openMessage(state, decodeMlsMessage(message));
  const { content } = opened;
  if (content.type === 'proposal') return withProposal(opened.state, content.proposal);
  if (content.type === 'application') return opened.state;
  const applied = await applyCommit(await stageCommit(opened.state, content.commit), keys);
  if (applied.type === 'removed') throw new Error('The commit removes the member.');
  return applied.state;
}

/** Returns the code that a member refuses a message with, or `accepted`; its state is the same after it. */
export async function refusal(state: GroupState, message: Bytes, keys: readonly PreSharedKey[] = []): Promise<string> {
  const before = encodeState(state);
  const code = await codeOf(() => receive(state, message, keys));
  expect(encodeState(state)).toEqual(before);
  return code;
}
