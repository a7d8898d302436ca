import { join } from 'node:path';
import { expect, test } from '../harness.ts';
import { allExamples, documentedExamples, PackedProject } from './packed-project.ts';
import { Program, Server } from './server.ts';

/** How a project may find the types of the package. */
const moduleKinds = [
  ['--module', 'nodenext'],
  ['--module', 'esnext', '--moduleResolution', 'bundler'],
];

let project: PackedProject;
let server: Server;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  project = await PackedProject.create();
});
test.afterAll(() => project.forget());
test.afterEach(() => server.forget());

/** An agent that greets, in a process of its own. */
async function openGreeter(folder: string): Promise<Program> {
  const path = await project.write(
    'greeter.js',
    `import { Agent } from 'parley';
     const [server, folder] = process.argv.slice(2);
     const methods = { greet: ({ name }, { peerId }) => ({ text: 'Hello ' + name + ' of ' + peerId }) };
     await Agent.open({ id: 'host_agent_001', server, folder, methods });
     console.log('open');`,
  );
  const greeter = Program.ofFile(path, [server.url, folder], project.folder);
  await greeter.printed(/open/);
  return greeter;
}

test('the examples for Node run in an empty project, and the first has ten lines', async () => {
  server = await Server.start();
  const [first = '', ...more] = await documentedExamples('docs/library.md');
  expect(first.trim().split('\n').length).toBeLessThanOrEqual(10);
  const onNode = more.filter((code) => code.includes("from 'parley'") && !code.includes('document'));
  expect(onNode.length).toBeGreaterThanOrEqual(2);
  const printed: string[] = [];
  for (const code of [first, ...onNode]) {
    await project.write('example.mts', code.replace('http://localhost:4173', server.url));
    printed.push(await project.node(['example.mts'], { HOME: join(server.folder, 'home') }));
  }
  expect(printed.filter((text) => text.includes('Hello Ada of guest_agent_001'))).toHaveLength(2);
});

test('every example of the README and of docs compiles in strict TypeScript, for Node and for bundlers', async () => {
  server = await Server.start();
  const examples = await allExamples();
  expect(examples.size).toBeGreaterThanOrEqual(6);
  for (const [name, code] of examples) await project.write(name, code);
  for (const flags of moduleKinds) expect(await project.typeErrors([...examples.keys()], flags)).toBe('');
});

test('the example for a browser runs in a bundled page, and asks an agent on Node', async ({ page }) => {
  const [, example = ''] = await documentedExamples('docs/library.md');
  await project.write('page.ts', example);
  const { folder } = await project.bundle('page.ts');
  server = await Server.start(['--app', folder]);
  const greeter = await openGreeter(join(server.folder, 'keys'));
  await page.goto(server.url);
  await expect(page.locator('body')).toHaveText('Hello Grace of page_agent_001');
  await page.close();
  await greeter.end();
});

test('the command line of the package serves its app, and sends', async ({ page }) => {
  server = await Server.start();
  const greeter = await openGreeter(join(server.folder, 'keys'));
  const parley = join('node_modules', 'parley', 'dist', 'package', 'cli', 'main.js');
  const flags = ['--controller', server.url, '--data', join(server.folder, 'agents')];
  const said = await project.node([
    parley,
    'send',
    'host_agent_001',
    '{"name":"Edsger"}',
    '--method',
    'greet',
    ...flags,
  ]);
  expect(JSON.parse(said)).toMatchObject({ status: 'success', result: { text: 'Hello Edsger of cli_agent_001' } });
  await greeter.end();

  const data = join(server.folder, 'packed');
  const packed = Program.ofFile(parley, ['server', '--port', '0', '--data', data], project.folder);
  await page.goto((await packed.printed(/^Parley is ready at/)).replace('Parley is ready at ', ''));
  await expect(page.getByText('Open Traveller')).toBeVisible();
  await page.close();
  await packed.end();
});

test('a history that one program exported opens in another, also the next time', async () => {
  server = await Server.start();
  const greeter = await openGreeter(join(server.folder, 'keys'));
  await project.write(
    'backup.js',
    `import { Agent } from 'parley';
     const [server, folder, passphrase] = process.argv.slice(2);
     const open = (id) => Agent.open({ id, server, folder: folder + '/' + id, reachable: false });
     const guest = await open('guest_agent_001');
     await guest.send('host_agent_001', 'greet', { name: 'Ada' });
     const file = await guest.exportHistory(passphrase);
     await guest.close();
     const reader = await open('reader_agent_001');
     await reader.importHistory(file, passphrase);
     await reader.close();
     const again = await open('reader_agent_001');
     const [{ archiveId, agentId }] = await again.archives();
     const { exchanges } = await again.archivePage(archiveId, 'host_agent_001');
     console.log(JSON.stringify({ agentId, said: exchanges.map(({ parameters, result }) => [parameters, result]) }));
     await again.close();`,
  );
  const printed = await project.node(['backup.js', server.url, server.folder, 'correct horse battery staple']);
  expect(JSON.parse(printed)).toEqual({
    agentId: 'guest_agent_001',
    said: [[{ name: 'Ada' }, { text: 'Hello Ada of guest_agent_001' }]],
  });
  await greeter.end();
});

test('the types are those of what runs, for bundlers and for Node', async () => {
  server = await Server.start();
  await project.write(
    'right.ts',
    `import { Agent, ParleyError, type Json } from 'parley';
     const agent: Agent = await Agent.open({ id: 'a_b_c', server: 'http://localhost:4173', methods: { now: (_, { now }) => now } });
     interface Greeting { name: string; words?: string[] }
     const greeting: Greeting = { name: 'Ada' };
     const back: Greeting = await agent.send<Greeting>('helper_agent_001', 'greet', greeting);
     interface Methods { greet(parameters: Greeting): Greeting; note(parameters: Greeting): void }
     await using typed: Agent<Methods> = await Agent.open<Methods>({ id: 'a_b_c', server: 'http://localhost:4173',
       methods: { greet: (greeting) => greeting, note: async ({ name }) => { void name; } } });
     const plain: Agent = typed; void back; void plain;
     try { const answer: Json = await agent.send('helper_agent_001', 'greet', { name: 'Ada' }); void answer; }
     catch (error) { if (error instanceof ParleyError && error.code === 'peer_unreachable') void error.retryAfter; }
     export {};`,
  );
  await project.write(
    'wrong.ts',
    `import { Agent } from 'parley';
     const agent = await Agent.open({ id: 'a_b_c', server: 'http://localhost:4173', methods: { now: () => new Map() } });
     await agent.send('helper_agent_001', 'greet', () => 1);
     await agent.peer<{ greet(parameters: { name: string }): string }>('helper_agent_001').greet({ title: 'Dr' });
     await Agent.open<{ greet(parameters: { when: Date }): string }>({ id: 'a_b_c', server: 'http://localhost:4173' });
     export {};`,
  );
  for (const flags of moduleKinds) {
    const complaints = await project.typeErrors(['right.ts', 'wrong.ts'], flags);
    expect(complaints).not.toContain('right.ts');
    expect(complaints.match(/wrong\.ts\(\d/g)).toHaveLength(4);
  }
});

test('a page that uses one part carries that part alone', async () => {
  server = await Server.start();
  await project.write('part.js', `import { ParleyError } from 'parley'; console.log(ParleyError.name);`);
  await project.write('whole.js', `import { Agent } from 'parley'; console.log(Agent);`);
  const part = await project.bundle('part.js');
  const whole = await project.bundle('whole.js');
  expect(part.scriptBytes).toBeLessThan(12_000);
  expect(whole.scriptBytes).toBeGreaterThan(10 * part.scriptBytes);
});
