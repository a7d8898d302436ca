import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { everyEncoding, foundIn } from '../testing/every-encoding.ts';
import { GroupAgent, waitUntil } from '../testing/group-agent.ts';
import { ServerProcess } from '../testing/server-process.ts';

const count = 20;
/** With letters that JSON, URLs and base64 write in other ways. */
const messages = Array.from(
  { length: count },
  (_, at) => `Héron ${at} stands by the mill, “quietly” & unseen/${at}~?>`,
);

let folder = '';
let server: ServerProcess;
let traveller: GroupAgent;
let helper: GroupAgent;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-left-'));
  server = await ServerProcess.start(await freePort(), join(folder, 'server'));
  traveller = new GroupAgent('traveller_agent_001', join(folder, 'agents'), [server.url]);
  helper = new GroupAgent('helper_agent_001', join(folder, 'agents'), [server.url]);
  await traveller.open();
  await helper.open();
});
afterAll(async () => {
  await traveller.close();
  await helper.close();
  await server.kill();
  await rm(folder, { recursive: true });
});

test('what is left for Helper, who is closed, is answered once and in order, though the two never meet', async () => {
  const peerId = helper.agentId;
  await helper.close();
  await waitUntil(async () => ((await traveller.agent.peers())[0]?.online === false ? true : undefined));
  const left = messages.map((parameters) =>
    traveller.agent.send({ peerId, method: 'note', parameters, whenAway: 'store' }),
  );
  for (const exchange of await Promise.all(left)) {
    expect(exchange).toMatchObject({ status: 'pending', group: { delivery: 'stored' } });
  }
  const shown = traveller.agent.snapshot().exchanges.filter((exchange) => exchange.peerId === peerId);
  expect(shown.map(({ waiting }) => waiting?.for)).toEqual(messages.map(() => 'return'));
  await traveller.close();

  await helper.open();
  const { groupId, inviter } = await waitUntil(() => helper.agent.groups.invitations()[0]);
  expect(inviter).toBe(traveller.agentId);
  expect(helper.ran).toEqual([]);
  await helper.agent.groups.accept(groupId);
  await waitUntil(() => (helper.ran.length >= count ? true : undefined));
  // The commit that made the group, its requests, and an answer to each.
  await waitUntil(() => ((helper.group(groupId)?.next ?? 0) > 2 * count ? true : undefined));
  await helper.close();

  await traveller.open();
  const answered = await waitUntil(async () => {
    const all = await traveller.history(peerId);
    return all.every(({ status }) => status === 'success') ? all : undefined;
  });
  expect(helper.ran).toEqual(messages);
  expect(answered.map(({ parameters }) => parameters)).toEqual(messages);
  expect(answered.map(({ result }) => result)).toEqual(messages.map((noted) => ({ noted, by: peerId })));
  expect(answered.every(({ group }) => group?.answers.length === 1 && group.delivery === 'delivered')).toBe(true);
  const places = answered.map(({ group }) => group?.index ?? -1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  await helper.open();
  expect(await waitUntil(() => (helper.group(groupId)?.status === 'member' ? helper.ran : undefined))).toEqual(
    messages,
  );
}, 240_000);

test('the files of the server have nothing of it, in no encoding', async () => {
  await server.kill();
  const files = join(folder, 'server');
  // What the server sees is found: the search finds what is there.
  expect(await foundIn(files, helper.agentId)).not.toEqual([]);
  for (const text of [...messages, 'stands by the mill', 'quietly', 'noted']) {
    expect(await foundIn(files, text), text).toEqual([]);
  }
});

test('the search finds a message in each encoding, wherever it begins', async () => {
  const [text = ''] = messages;
  const planted = await mkdtemp(join(folder, 'planted-'));
  const looked = everyEncoding(text);
  await writeFile(
    join(planted, 'all'),
    Buffer.concat([...looked.values()].flatMap((each) => [each, Buffer.from('\n')])),
  );
  expect(await foundIn(planted, text)).toEqual([...looked.keys()].map((encoding) => `all: ${encoding}`));
  for (const before of ['', 'a', 'ab']) {
    await writeFile(join(planted, 'all'), Buffer.from(`${before}${text}and more`).toString('base64'));
    expect(await foundIn(planted, text)).toEqual([`all: base64 at ${before.length}`]);
  }
});
