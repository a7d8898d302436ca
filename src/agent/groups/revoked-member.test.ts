import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { GroupWorld, type Resident } from './testing/group-world.ts';

/** Milliseconds after a revocation from which on nobody sends until the agent is removed (groups page, section 5). */
const mostUnawareMs = 2_000;
/** Milliseconds for which no commit comes through, so that the removal comes late. */
const heldMs = 6_000;

/** An entry that the service has taken in, and when. */
interface Appended {
  readonly kind: string;
  readonly index: number;
  readonly at: number;
}

const asked = v.object({ kind: v.string() });
const answered = v.object({ index: v.number() });

/** Hears the Controller's events on a stream, as an agent without a relay does. */
async function open(world: GroupWorld, name: string): Promise<Resident> {
  const stream = (request: Request) => world.world.controller.fetch(request);
  const network = { ...world.world.network, stream };
  return world.open(name, { transport: { kind: 'network', network } });
}

describe.each([
  ['a member', 'spy_agent_001'],
  ['the only admin', 'traveller_agent_001'],
])('%s that is revoked', (_, revokedId) => {
  let world: GroupWorld;
  const appended: Appended[] = [];
  const members: Resident[] = [];
  let groupId = '';
  /** While there is one, no commit reaches the service. */
  let gate: PromiseWithResolvers<void> | undefined;
  beforeAll(async () => {
    world = await GroupWorld.create();
    const { tamper } = world.world;
    world.world.tamper = async (request, next) => {
      if (request.method !== 'POST' || !request.url.endsWith('/entries')) return tamper(request, next);
      const { kind } = v.parse(asked, await request.clone().json());
      if (kind === 'commit') await gate?.promise;
      const answer = await tamper(request, next);
      if (answer.status !== 201) return answer;
      const { index } = v.parse(answered, await answer.clone().json());
      appended.push({ kind, index, at: world.world.clock.now() });
      return answer;
    };
    for (const name of ['traveller', 'helper', 'guide', 'spy']) members.push(await open(world, name));
    await world.ready(...members);
    const [first, ...others] = members;
    const invite = others.map(({ agentId }) => agentId);
    const made = await world.during(first?.agent.groups.create({ name: 'Trip', invite }) ?? Promise.reject());
    groupId = made.groupId;
    for (const { agent } of others) {
      await world.passing(() => agent.groups.invitations()[0]);
      await world.during(agent.groups.accept(groupId));
    }
  });

  const view = ({ agent }: Resident) => agent.groups.list().find((group) => group.groupId === groupId);

  test('is removed, and nobody sends from two seconds after the revocation until then', async () => {
    const staying = members.filter(({ agentId }) => agentId !== revokedId);
    const refused: string[] = [];
    let spokenAt = 0;
    /** Has everybody say something twice a second. */
    const talk = () => {
      const now = world.world.clock.now();
      if (now < spokenAt + 500) return;
      spokenAt = now;
      for (const { agent } of staying) {
        agent.groups.say({ groupId, content: `It is ${now}` }).catch(({ code }: { readonly code: string }) => {
          refused.push(code);
        });
      }
    };
    const soon = world.world.clock.now() + 1_000;
    await world.passing(() => {
      talk();
      return world.world.clock.now() > soon ? true : undefined;
    });
    const revokedAt = world.world.clock.now();
    gate = Promise.withResolvers();
    const revoked = world.world.revoke(revokedId);
    await world.passing(() => {
      talk();
      return world.world.clock.now() > revokedAt + heldMs ? true : undefined;
    });
    await revoked;
    for (const one of staying) expect(view(one)?.members).toHaveLength(4);
    gate.resolve();
    await world.passing(() => {
      talk();
      return staying.every((one) => view(one)?.members.length === 3) ? true : undefined;
    });
    const goneAt = world.world.clock.now();
    await world.passing(() => {
      talk();
      return world.world.clock.now() > goneAt + 1_000 ? true : undefined;
    });

    const events = await staying[0]?.agent.groups.events(groupId);
    const removal = events?.find(({ what }) => what.kind === 'removed');
    expect(removal?.what).toMatchObject({ who: [revokedId] });
    const removedAt = removal?.index ?? Number.NaN;
    const messages = appended.filter(({ kind }) => kind === 'message');
    const late = messages.filter(({ at, index }) => at >= revokedAt + mostUnawareMs && index < removedAt);
    expect(late).toEqual([]);
    // All wanted to say something all the time, before, in between and afterwards.
    expect(messages.some(({ at }) => at < revokedAt)).toBe(true);
    expect(new Set(refused)).toEqual(new Set(['member_not_trusted']));
    expect(messages.some(({ index }) => index > removedAt)).toBe(true);
    for (const one of staying) expect(view(one)?.members.map(({ agentId }) => agentId)).not.toContain(revokedId);
  });
});
