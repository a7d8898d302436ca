import { join } from 'node:path';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { AgentTab, traveller } from '../agent-tab.ts';
import { expect, test } from '../harness.ts';
import { openTab } from '../open-tab.ts';
import { tracesOf } from '../plaintext.ts';
import { canCapture, capture } from './capture.ts';
import { Program, Server } from './server.ts';

const helper = 'helper_agent_001';
const secret = 'Meet me beneath the clocktower at seventeen hundred';

let server: Server;
const programs: Program[] = [];
test.beforeEach(async () => {
  server = await Server.start();
});
test.afterEach(async () => {
  for (const program of programs.splice(0)) await program.end();
  await server.forget();
});

function agentFlags(id: string): string[] {
  return ['--id', id, '--controller', server.url, '--data', join(server.folder, 'agents')];
}

/** Starts an agent in a shell and waits until it is ready. */
async function startAgent(id: string, ...flags: string[]): Promise<Program> {
  const program = Program.start(['agent', ...agentFlags(id), ...flags]);
  programs.push(program);
  await program.printed(/is ready at/);
  return program;
}

test('a tab talks to an agent in a shell, at its own address, and is answered', async ({ browser }) => {
  const port = await freePort();
  const agent = await startAgent(helper, '--listen', `https://localhost:${port}`);
  // The person has accepted the agent's certificate.
  const context = await browser.newContext({ baseURL: server.url, ignoreHTTPSErrors: true });
  const page = await openTab(context);
  const tab = await AgentTab.open(page, traveller);
  await expect(page.getByText('● online')).toBeVisible();
  await tab.connect(helper);
  await tab.send('send_request', JSON.stringify({ query: secret }));
  await expect(tab.lastExchange).toContainText(`Request received: ${secret}`);
  await agent.printed(/traveller_agent_001 asked send_request: success/);

  agent.type('send traveller "from the shell"');
  await agent.printed(/Hello Helper! Request received: from the shell/);
  await expect(tab.lastExchange).toContainText('from the shell');
  agent.type('sessions');
  await agent.printed(/traveller_agent_001\s+ESTABLISHED/);
  agent.type('disconnect traveller');
  await agent.printed(/closed, its keys erased/);
  agent.type('connect traveller');
  await agent.printed(/✓ Session established with traveller_agent_001/);
  await context.close();
});

test('an agent whose certificate is not trusted is said to be so, with what to do', async ({ browser }) => {
  await startAgent(helper, '--listen', `https://localhost:${await freePort()}`);
  const context = await browser.newContext({ baseURL: server.url });
  const page = await openTab(context);
  await AgentTab.open(page, traveller);
  await page.getByRole('button', { name: `Connect to ${helper}` }).click();
  await expect(
    page.getByText(/If it made its TLS certificate itself, open https:\/\/localhost:\d+/).first(),
  ).toBeVisible();
  await context.close();
});

// Left out where the loopback interface cannot be listened to.
const whereItCanBeCaptured = canCapture ? test : test.fixme;
whereItCanBeCaptured(
  'two agents in shells talk, and a script sends one request; what their wire carries tells nothing of it',
  async () => {
    const port = await freePort();
    const wire = await capture([port, Number(new URL(server.url).port)]);
    await startAgent(helper, '--listen', `http://localhost:${port}`);
    const traveller = await startAgent('traveller_agent_001');
    traveller.type(`send helper "${secret}"`);
    await traveller.printed(new RegExp(`Request received: ${secret}`));
    const script = Program.start(['send', 'helper', secret, ...agentFlags('script_agent_001')]);
    const said: unknown = JSON.parse(await script.printed(/^\{/));
    expect(await script.ended()).toBe(0);
    expect(said).toMatchObject({
      status: 'success',
      peer: helper,
      result: { response: expect.stringContaining(secret) },
    });

    // Every message that passed is the envelope of the protocol and nothing else.
    const member = '"[A-Za-z0-9+/=_-]*"';
    const envelope = new RegExp(
      `\\{"epoch":\\d+,"sender_id":${member},"sequence":\\d+,"session_id":${member},"timestamp":\\d+,` +
        `"encrypted_payload":\\{"iv":${member},"ciphertext":${member},"tag":${member}\\},"signature":${member}\\}`,
      'g',
    );
    // Two requests, the close of the script's session, and their three answers.
    await expect.poll(() => wire.text().match(envelope)?.length ?? 0).toBe(6);
    await wire.end();

    const captured = wire.text();
    expect(captured.split('"encrypted_payload"')).toHaveLength(7);
    expect(captured).toContain('CLIENT_HELLO');
    for (const trace of tracesOf(secret)) expect(captured).not.toContain(trace);
    for (const word of ['send_request', 'REQUEST"', 'RESPONSE"', 'PRIVATE KEY', '"parameters"', '"result"']) {
      expect(captured).not.toContain(word);
    }
  },
);

test('a script learns from the exit code what went wrong', async () => {
  const run = async (...args: string[]) => {
    const program = Program.start(args);
    const code = await program.ended();
    return { code, text: program.lines.join('\n') };
  };
  const to = (...words: string[]) => ['send', ...words, ...agentFlags('script_agent_001')];
  expect(await run(...to('helper'))).toMatchObject({
    code: 2,
    text: expect.stringContaining('Name a peer and a text'),
  });
  expect((await run(...to('nobody', 'x'))).code).toBe(3);
  expect((await run('send', 'helper', 'x', '--controller', 'nonsense')).code).toBe(2);
  const dead = `http://localhost:${await freePort()}`;
  const data = join(server.folder, 'elsewhere');
  expect((await run('send', 'helper', 'x', '--controller', dead, '--data', data)).code).toBe(3);
  await startAgent(helper);
  const declined = await run(...to('helper', '{}', '--method', 'no_such_method'));
  expect(declined).toMatchObject({ code: 1, text: expect.stringContaining('unknown_method') });
  expect(await run(...to('helper', 'x'), '--id', helper)).toMatchObject({
    code: 5,
    text: expect.stringContaining('agent_in_use'),
  });
});
