import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { FileBook } from './file-book.ts';

const { records } = createMemoryAgentStore().files;
const open = () => FileBook.load({ records, emit: () => undefined, now: () => 0, forget: async () => undefined });
const accept = { kind: 'accept', upTo: 1_000 } as const;

test('what is accepted of one key is asked about for another under the same name, also after a restart', async () => {
  const book = await open();
  await book.setPolicy('helper_agent_001', accept, 'aa');
  for (const of of [book, await open()]) {
    expect(await of.policyOfKey('helper_agent_001', 'aa')).toEqual(accept);
    expect(await of.policyOfKey('helper_agent_001', 'bb')).toEqual({ kind: 'ask' });
  }
});

test('a policy of a peer whose key is not known is for the first one that offers a file', async () => {
  const book = await open();
  await book.setPolicy('other_agent_001', accept);
  expect(await book.policyOfKey('other_agent_001', 'cc')).toEqual(accept);
  const again = await open();
  expect(await again.policyOfKey('other_agent_001', 'dd')).toEqual({ kind: 'ask' });
  expect(await again.policyOfKey('other_agent_001', 'cc')).toEqual(accept);
});

test('nothing is taken of any key of a peer whose files are declined', async () => {
  const book = await open();
  await book.setPolicy('third_agent_001', { kind: 'never' }, 'ee');
  expect(await book.policyOfKey('third_agent_001', 'ff')).toEqual({ kind: 'never' });
});
