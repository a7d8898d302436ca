import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GroupAgent, waitUntil } from './group-agent.ts';

/** The servers of a day. */
export interface DayServers {
  /** Base URLs of all, and what ends them; `interrupt` kills one, and leaves what can be gone on with. */
  start(folder: string): Promise<{
    readonly relays: readonly string[];
    interrupt(): Promise<void>;
    end(): Promise<void>;
  }>;
}

const names = ['traveller_agent_001', 'helper_agent_001', 'guide_agent_001', 'scribe_agent_001'];

/** Tests that four agents have a group together through everything that a day may bring: nothing is lost, nothing comes twice, one order for all. */
export function aDayTogether({ start }: DayServers): void {
  let folder = '';
  let servers: Awaited<ReturnType<DayServers['start']>>;
  let agents: GroupAgent[] = [];
  let groupId = '';
  /** Everything that was said or asked. */
  const said: unknown[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-day-'));
    servers = await start(folder);
    // Every other one is connected to the servers in the other order.
    agents = names.map((name, at) => {
      const relays = at % 2 === 0 ? servers.relays : servers.relays.toReversed();
      return new GroupAgent(name, join(folder, 'agents'), relays);
    });
    for (const agent of agents) await agent.open();
  }, 240_000);
  afterAll(async () => {
    for (const agent of agents) await agent.close();
    await servers?.end();
    await rm(folder, { recursive: true });
  });

  const who = (at: number): GroupAgent => {
    const agent = agents[at];
    if (agent === undefined) throw new TypeError('There are four agents.');
    return agent;
  };
  const say = async (agent: GroupAgent, content: string) => {
    said.push(content);
    await agent.agent.groups.say({ groupId, content });
  };
  const lines = async (agent: GroupAgent) =>
    (await agent.history(`#${groupId}`)).map(({ group, parameters, direction }) => ({
      index: group?.index ?? -1,
      sender: group?.sender,
      parameters,
      direction,
    }));
  /** Waits until these agents have everything that was said; then compares what each of them has. */
  const expectOneHistory = async (...those: readonly GroupAgent[]) => {
    const histories = [];
    for (const agent of those) {
      await waitUntil(async () => {
        const found = await lines(agent);
        return found.length >= said.length && found.every(({ index }) => index >= 0) ? true : undefined;
      });
      const found = await lines(agent);
      // What others said is shown in the order of the log; what this agent said has its place once it is stored.
      const heard = found.filter(({ direction }) => direction === 'incoming').map(({ index }) => index);
      expect(heard, agent.agentId).toEqual(heard.toSorted((a, b) => a - b));
      expect(found.map(({ parameters }) => parameters).toSorted(), agent.agentId).toEqual(said.toSorted());
      const inOrder = found.toSorted((a, b) => a.index - b.index);
      histories.push(inOrder.map(({ index, sender, parameters }) => ({ index, sender, parameters })));
    }
    for (const history of histories) expect(history).toEqual(histories[0]);
  };
  const isOne = (all: readonly GroupAgent[], name: string) => {
    const views = all.map((agent) => agent.group(groupId));
    return views.every((view) => view?.name === name && view.epoch === views[0]?.epoch) ? true : undefined;
  };

  test('four come together, talk at once, and each answers what one of them asks', async () => {
    const [traveller, ...others] = [who(0), who(1), who(2), who(3)];
    const made = await traveller.agent.groups.create({ name: 'Trip', invite: names.slice(1) });
    groupId = made.groupId;
    for (const other of others) await other.join(groupId);
    await waitUntil(() => isOne(agents, 'Trip'));
    await Promise.all(
      agents.map(async (agent) => {
        for (const number of [1, 2, 3]) await say(agent, `${agent.agentId} says ${number}`);
      }),
    );
    await expectOneHistory(...agents);

    said.push('Who comes?');
    const asked = await traveller.agent.groups.ask({ groupId, method: 'note', parameters: 'Who comes?' });
    const answers = async ({ agent }: GroupAgent) => {
      const { exchanges } = await agent.historyService.history.page(`#${groupId}`);
      return exchanges.find(({ group }) => group?.messageId === asked.group.messageId)?.group?.answers ?? [];
    };
    for (const agent of agents) {
      const all = await waitUntil(async () => {
        const found = await answers(agent);
        return found.length >= 3 ? found : undefined;
      });
      const results = all.map(({ from, status, result }) => ({ from, status, result }));
      expect(results.toSorted((a, b) => a.from.localeCompare(b.from))).toEqual(
        names
          .slice(1)
          .toSorted()
          .map((by) => ({ from: by, status: 'success', result: { noted: 'Who comes?', by } })),
      );
    }
    expect(agents.map(({ ran }) => ran)).toEqual([[], ['Who comes?'], ['Who comes?'], ['Who comes?']]);
    await expectOneHistory(...agents);
  }, 240_000);

  test('one is closed for a while and catches up, and what it was asked meanwhile runs once', async () => {
    const [traveller, helper, guide, scribe] = [who(0), who(1), who(2), who(3)];
    await helper.close();
    for (const agent of [traveller, guide, scribe]) await say(agent, `${agent.agentId} says it while Helper is away`);
    said.push('Are you there?');
    const to = [helper.agentId];
    await traveller.agent.groups.ask({ groupId, method: 'note', parameters: 'Are you there?', to });
    await expectOneHistory(traveller, guide, scribe);
    await helper.open();
    await expectOneHistory(...agents);
    await waitUntil(() => (helper.ran.length >= 2 ? true : undefined));
    expect(helper.ran).toEqual(['Who comes?', 'Are you there?']);
  }, 240_000);

  test('one ends in the middle of a commit, before the service has it or before it knows, and all go on together', async () => {
    const [traveller, helper, guide, scribe] = [who(0), who(1), who(2), who(3)];
    await traveller.agent.groups.setAdmins(groupId, [traveller.agentId, guide.agentId].toSorted());
    await waitUntil(() => (guide.group(groupId)?.isAdmin === true ? true : undefined));
    for (const [where, name] of [
      ['answer', 'Rome'],
      ['request', 'Venice'],
    ] as const) {
      const reached = guide.cutAt(where);
      const renamed = Promise.allSettled([guide.agent.groups.rename(groupId, name)]);
      await reached;
      guide.crash();
      await renamed;
      await say(scribe, `Where is Guide, cut off at its ${where}?`);
      await guide.open();
      await say(guide, `Back, with ${name}`);
      await waitUntil(() => isOne([traveller, helper, guide, scribe], name));
      await expectOneHistory(...agents);
    }
  }, 240_000);

  test('a server is killed while all talk and one commits, and nothing is lost and nothing comes twice', async () => {
    const [traveller, helper, guide] = [who(0), who(1), who(2)];
    const talked = agents.map(async (agent) => {
      for (const number of [1, 2, 3, 4]) await say(agent, `${agent.agentId} says ${number} while a server is killed`);
    });
    const renamed = Promise.allSettled([traveller.agent.groups.rename(groupId, 'Athens')]);
    await servers.interrupt();
    await Promise.all(talked);
    await expectOneHistory(...agents);
    // A commit that the service did not answer is told as such, and comes about all the same.
    await renamed;
    await waitUntil(() => isOne([traveller, helper, guide, who(3)], 'Athens'));
  }, 240_000);

  test('one is removed and reads nothing more: its own client has nothing, and is given nothing', async () => {
    const [traveller, helper, guide, scribe] = [who(0), who(1), who(2), who(3)];
    const before = await lines(scribe);
    await traveller.agent.groups.remove(groupId, [scribe.agentId]);
    await waitUntil(() => (scribe.group(groupId)?.status === 'removed' ? true : undefined));
    const events = await traveller.agent.groups.events(groupId);
    const removal = events.findLast(({ what }) => what.kind === 'removed')?.index ?? Number.NaN;
    await say(traveller, 'Only for three');
    await say(helper, 'Only for three, too');
    await expectOneHistory(traveller, helper, guide);
    expect(await lines(scribe)).toEqual(before);
    expect(Math.max(...(await scribe.log(groupId)).map(({ index }) => index), removal)).toBe(removal);
    expect((await helper.log(groupId)).at(-1)?.index).toBeGreaterThan(removal);
    await expect(scribe.agent.groups.say({ groupId, content: 'I too' })).rejects.toThrow(/unknown_group/);
    await scribe.close();
    await scribe.open();
    expect(scribe.group(groupId)?.status).toBe('removed');
    expect(await lines(scribe)).toEqual(before);
  }, 240_000);
}
