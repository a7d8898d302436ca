import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FilesApi } from '../agent/contracts/files-api.ts';
import type { Operations } from '../engine/operations.ts';
import { operations } from '../engine/operations.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { ParleyAgent } from './agent.ts';
import { Files } from './files.ts';
import { Group } from './group.ts';
import { Groups } from './groups.ts';
import { Agent } from './node.ts';

/** Operations that the app has alone, and why. */
const ofTheApp = {
  takeOver: 'Tabs of the app take an agent from one another; a program that finds it open is told agent_in_use.',
  cancelCreatingGroup: 'A person waits in a dialog; a program that does not want a group leaves and forgets it.',
  holdsAnswer:
    'The app holds the bytes of answers for a person; a program reads them by stream, or gets them from send.',
  answerBytes: 'The same.',
  restart: 'Agent.open rejects when a start fails, and is called again; there is no agent before it succeeds.',
} as const satisfies Partial<Record<keyof Operations, string>>;

/** Operations that the library has in a form of its own, and why. */
const ofOwnForm = {
  send: 'A program wants the answer, or the error it was answered with, and not the exchange.',
  peer: 'A program calls the methods of a peer by it; findPeer looks into the directory.',
} as const satisfies Partial<Record<keyof Operations, string>>;

/** Operations of groups, and where the library has them: in `agent.groups`, or in one group. */
const ofGroups = {
  createGroup: ['groups', 'create'],
  acceptInvitation: ['groups', 'accept'],
  declineInvitation: ['groups', 'decline'],
  setGroupSettings: ['groups', 'setSettings'],
  inviteToGroup: ['group', 'add'],
  removeFromGroup: ['group', 'remove'],
  renameGroup: ['group', 'rename'],
  setGroupAdmins: ['group', 'setAdmins'],
  leaveGroup: ['group', 'leave'],
  forgetGroup: ['group', 'forget'],
  sendToGroup: ['group', 'send'],
  askGroup: ['group', 'ask'],
  groupAttachment: ['group', 'attachment'],
  markGroupRead: ['group', 'markRead'],
  setGroupReceipts: ['group', 'setReceipts'],
  goOnForked: ['group', 'goOnForked'],
  rejoinGroup: ['group', 'rejoin'],
  startGroupAnew: ['group', 'startAnew'],
  groupEvents: ['group', 'events'],
  groupEpochs: ['group', 'epochs'],
} as const satisfies Partial<
  Record<keyof Operations, readonly ['groups', keyof Groups] | readonly ['group', keyof Group]>
>;

/** Operations of groups that the library has in a form of its own, and why. */
const ofGroupsOwnForm = {
  createGroup: 'It returns the group, with what can be done in it.',
  acceptInvitation: 'It returns the group, with what can be done in it.',
  sendToGroup: 'The content comes first, and the attachment is an option.',
  askGroup: 'A program loops over the answers.',
} as const satisfies Partial<Record<keyof typeof ofGroups, string>>;

/** Operations of files, and which of the agent's files they are. */
const ofFiles = {
  files: 'list',
  offerFile: 'offer',
  acceptFile: 'accept',
  declineFile: 'decline',
  pauseFile: 'pause',
  resumeFile: 'resume',
  cancelFile: 'cancel',
  removeFile: 'remove',
  openFile: 'open',
  filePolicy: 'policy',
  setFilePolicy: 'setPolicy',
} as const satisfies Partial<Record<keyof Operations, keyof FilesApi>>;

type Shared = Exclude<keyof Operations, keyof typeof ofTheApp | keyof typeof ofGroups | keyof typeof ofFiles>;
type Same = Exclude<Shared, keyof typeof ofOwnForm>;
type SameOfGroups = Exclude<keyof typeof ofGroups, keyof typeof ofGroupsOwnForm>;

/** A row as a method of its group. */
type WithoutGroup<Row> = Row extends (groupId: string, ...rest: infer Args) => infer Result
  ? (...rest: Args) => Result
  : never;
/** What the library would have if it had every row of groups in its own form. */
type MethodsOfGroup = {
  readonly [Name in SameOfGroups as (typeof ofGroups)[Name] extends readonly ['group', infer Method extends string]
    ? Method
    : never]: WithoutGroup<Operations[Name]>;
};
type MethodsOfGroups = {
  readonly [Name in SameOfGroups as (typeof ofGroups)[Name] extends readonly ['groups', infer Method extends string]
    ? Method
    : never]: Operations[Name];
};

/** Does not compile while the library lacks an operation of the table, or has it in another form than its row. */
const hasEveryOperation = (agent: ParleyAgent): Pick<Operations, Same> & Record<Shared, unknown> => agent;
const hasEveryOfGroup = (group: Group): MethodsOfGroup => group;
const hasEveryOfFiles = (files: Files): FilesApi => files;
const hasEveryOfGroups = (groups: Groups): MethodsOfGroups => groups;
/** Does not compile when what is said to be the app's alone is the library's too. */
const hasNoneOfTheApp: Extract<keyof typeof ofTheApp, keyof ParleyAgent> extends never ? true : false = true;

const patience = { timeout: 60_000, interval: 50 };
let folder: string;
let server: TestServer;
let asking: Agent;
let helper: Agent;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-library-'));
  server = await startTestServer();
  helper = await open('helper_agent_001');
  asking = await open('asking_agent_001');
}, 120_000);
afterAll(async () => {
  await Promise.all([asking?.close(), helper?.close()]);
  await server?.end();
  await rm(folder, { recursive: true });
});

function open(id: string): Promise<Agent> {
  const methods = { echo: (parameters: unknown) => JSON.stringify(parameters) };
  return Agent.open({ id, server: server.url, folder: join(folder, id), methods });
}

test('the library has a method for every operation of the table', () => {
  expect(hasEveryOperation(asking)).toBe(asking);
  expect(hasNoneOfTheApp).toBe(true);
  for (const name of Object.keys(operations).filter((one) => !(one in ofGroups) && !(one in ofFiles)))
    expect(name in ParleyAgent.prototype).toBe(!(name in ofTheApp));
});

test('the library has every operation of groups, in its groups or in one of them', () => {
  expect(hasEveryOfGroups(asking.groups)).toBe(asking.groups);
  expect(hasEveryOfGroup).toBeTypeOf('function');
  for (const [where, method] of Object.values(ofGroups)) {
    const owner: object = where === 'group' ? Group.prototype : Groups.prototype;
    expect(Reflect.get(owner, method)).toBeTypeOf('function');
  }
});

test('the library has every operation of files', () => {
  expect(hasEveryOfFiles(asking.files)).toBe(asking.files);
  for (const method of Object.values(ofFiles)) expect(Reflect.get(Files.prototype, method)).toBeTypeOf('function');
});

test('a session’s keys are updated, and one session is closed by its id', async () => {
  const { sessionId } = await asking.connect('helper_agent_001');
  expect(await asking.updateKeys(sessionId)).toBe(1);
  await asking.disconnect(sessionId);
  const { sessions } = await asking.snapshot();
  expect(sessions.find((session) => session.sessionId === sessionId)?.status).toBe('CLOSED');
  await expect(asking.updateKeys('0'.repeat(32))).rejects.toMatchObject({ code: 'unknown_session' });
});

test('what was said is searched, counted before it is deleted, and cleared from memory', async () => {
  await asking.send('helper_agent_001', 'echo', { text: 'a lantern in the harbour' });
  expect(await asking.search({ text: 'lantern harb' })).toMatchObject({ total: 1 });
  expect(await asking.search({ text: 'orchard' })).toMatchObject({ total: 0 });
  expect((await asking.history('helper_agent_001', undefined, 1)).exchanges).toHaveLength(1);
  expect(await asking.wouldDelete('helper_agent_001', { keep: 'bytes', bytes: 1_000_000 })).toBe(0);
  await asking.clear();
  expect(await asking.snapshot()).toMatchObject({ exchanges: [], wire: [] });
  expect(await asking.search({ text: 'lantern' })).toMatchObject({ total: 1 });
});

test('the audit trail is read in pages', async () => {
  const { head, entries } = await asking.audit(undefined, 2);
  expect(entries.map(({ index }) => index)).toEqual([head.length - 1, head.length - 2]);
  const [before] = (await asking.audit(entries[1]?.index, 1)).entries;
  expect(before?.index).toBe(head.length - 3);
});

test('a mark of a compared key is set and taken off; there is no changed key to accept', async () => {
  const { keyFingerprint } = await asking.safetyNumber('helper_agent_001');
  await asking.markVerified('helper_agent_001', keyFingerprint);
  expect(await asking.findPeer('helper_agent_001')).toMatchObject({ verification: 'verified' });
  await asking.clearVerification('helper_agent_001');
  expect(await asking.findPeer('helper_agent_001')).toMatchObject({ verification: 'unverified' });
  await expect(asking.acceptChangedKey('helper_agent_001')).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a person answers what is asked while they have chosen to', async () => {
  await helper.setAnswering('person');
  const answer = asking.send('helper_agent_001', 'echo', 'are you there');
  const held = await vi.waitUntil(
    async () => (await helper.snapshot()).exchanges.find(({ status }) => status === 'held'),
    patience,
  );
  await helper.answer('asking_agent_001', held.requestId, { status: 'SUCCESS', result: 'I am' });
  expect(await answer).toBe('I am');
  await helper.setAnswering('handlers');
  expect(await asking.send('helper_agent_001', 'echo', 1)).toBe('1');
});

test('an agent is no peer of its own, and nothing is sent', async () => {
  const self = 'asking_agent_001';
  const before = (await asking.snapshot()).wire.length;
  const refused = { code: 'own_agent', detail: expect.stringContaining(self) };
  await expect(asking.send(self, 'echo', 1)).rejects.toMatchObject(refused);
  await expect(asking.connect(self)).rejects.toMatchObject(refused);
  await expect(asking.safetyNumber(self)).rejects.toMatchObject(refused);
  expect((await asking.snapshot()).wire).toHaveLength(before);
  expect(await asking.findPeer(self)).toMatchObject({ agentId: self });
});

test('a call whose options are misspelt is refused with the right name', async () => {
  const given: object = { requestID: 'x' };
  await expect(asking.send('helper_agent_001', 'echo', 1, given)).rejects.toMatchObject({
    code: 'invalid_input',
    detail: 'send has no option “requestID”. Did you mean “requestId”?',
  });
  const page: object = { limits: 1 };
  await expect(asking.peers(page)).rejects.toMatchObject({ detail: expect.stringContaining('“limit”') });
});

test('a person’s answer that JSON cannot hold is refused, and the request goes on waiting', async () => {
  await helper.setAnswering('person');
  const answered = asking.send('helper_agent_001', 'echo', 'when');
  const held = await vi.waitUntil(
    async () => (await helper.snapshot()).exchanges.find(({ status }) => status === 'held'),
    patience,
  );
  const give = (result: unknown) =>
    helper.answer(
      'asking_agent_001',
      held.requestId,
      JSON.parse('0', () => ({ status: 'SUCCESS', result })),
    );
  await expect(give({ when: new Date(0) })).rejects.toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining('answer.result.when'),
  });
  await give('now');
  expect(await answered).toBe('now');
  await helper.setAnswering('handlers');
});

test('a closed agent says so at every call, and answers HTTP as one that is not there', async () => {
  const third = await open('closed_agent_001');
  const slow = Promise.withResolvers<null>();
  helper.handle('slow', () => slow.promise);
  const underWay = expect(third.send('helper_agent_001', 'slow')).rejects.toMatchObject({ code: 'agent_closed' });
  await vi.waitUntil(async () => (await helper.snapshot()).exchanges.some(({ method }) => method === 'slow'), patience);
  await Promise.all([third.close(), third.close(), underWay]);
  slow.resolve(null);
  const closed = { code: 'agent_closed' };
  await expect(third.send('helper_agent_001', 'echo', 1)).rejects.toMatchObject(closed);
  await expect(third.peer('helper_agent_001').echo?.(1)).rejects.toMatchObject(closed);
  await expect(third.connect('helper_agent_001')).rejects.toMatchObject(closed);
  await expect(third.history('helper_agent_001')).rejects.toMatchObject(closed);
  await expect(third.forget()).rejects.toMatchObject(closed);
  const answer = await third.fetch(new Request('http://localhost/agent/session/0'));
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'unavailable' }]);
});

test('an agent that connects again stays reachable', async () => {
  await helper.reconnect();
  await vi.waitUntil(async () => (await asking.findPeer('helper_agent_001')).online, patience);
});

test('an agent that is forgotten is revoked, and nothing of it is stored', async () => {
  const third = await open('third_agent_001');
  await third.send('helper_agent_001', 'echo', 1);
  await third.forget();
  expect(await asking.findPeer('third_agent_001')).toMatchObject({ status: 'revoked' });
  expect(await readdir(join(folder, 'third_agent_001')).catch(() => [])).not.toContain('keys.pem');
  await expect(open('third_agent_001')).rejects.toMatchObject({ code: 'agent_id_taken' });
});
