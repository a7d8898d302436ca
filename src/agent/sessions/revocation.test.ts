import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { MethodRegistry } from '../messages/methods.ts';
import { gate } from '../testing/gate.ts';
import { addresses, living, names, Pair, type Who } from '../testing/pair.ts';
import { registered, SaidByCa } from '../testing/superseded.ts';

const both = ['traveller', 'helper'] as const;
const other = { traveller: 'helper', helper: 'traveller' } as const;

const ask = (pair: Pair, from: Who, method = 'echo') =>
  pair.agent(from).send({ peerId: names[other[from]], method, parameters: null });

/** What the two say to each other from here on, held before or after its n-th message until it is let go. */
function hold(pair: Pair, n: number, when: 'before' | 'after') {
  const reached = gate();
  const released = gate();
  let seen = 0;
  pair.world.tamper = async (request, next) => {
    const isTheirs = request.url.startsWith(addresses.traveller) || request.url.startsWith(addresses.helper);
    if (!isTheirs || request.method !== 'POST' || seen++ !== n) return next(request);
    const response = when === 'after' ? await next(request) : undefined;
    reached.open();
    await released.opened;
    return response ?? next(request);
  };
  return { reached: reached.opened, release: released.open };
}

/** Both ways to a session, and what can be under way in one. */
const doings = {
  'a handshake': {
    before: async (pair: Pair) => {
      await pair.agent('traveller').disconnect(pair.first.sessionId);
    },
    act: (pair: Pair, from: Who) => ask(pair, from),
    messages: 3,
  },
  'a resumption': {
    before: async (pair: Pair) => {
      for (const who of both) await pair.leave(who);
      for (const who of both) await pair.comeBack(who);
    },
    act: (pair: Pair, from: Who) => ask(pair, from),
    messages: 2,
  },
  'a key update': {
    before: async () => undefined,
    act: (pair: Pair, from: Who) => pair.agent(from).updateKeys(pair.first.sessionId),
    messages: 1,
  },
  'a request': { before: async () => undefined, act: (pair: Pair, from: Who) => ask(pair, from), messages: 1 },
} as const;

const cases = fc.constantFrom(...Object.values(doings)).chain((doing) =>
  fc.record({
    doing: fc.constant(doing),
    n: fc.nat({ max: doing.messages - 1 }),
    when: fc.constantFrom('before' as const, 'after' as const),
    from: fc.constantFrom(...both),
    revoked: fc.constantFrom(...both),
  }),
);

test('wherever a handshake, a resumption, a key update or a request stands when a CRL arrives, nothing of a revoked peer goes on', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ doing, n, when, from, revoked }) => {
      const pair = await Pair.connected(undefined, { traveller: { isQuiet: true }, helper: { isQuiet: true } });
      const honest = other[revoked];
      await doing.before(pair);
      const held = hold(pair, n, when);
      const acting: Promise<unknown> = doing.act(pair, from);
      acting.catch(() => undefined);
      await pair.during(held.reached);
      await pair.world.revoke(names[revoked]);
      await pair.agent(honest).checkRevocations();
      const asked = () =>
        pair
          .agent(honest)
          .snapshot()
          .exchanges.filter(({ direction }) => direction === 'incoming');
      const before = asked().length;
      expect(living(pair.agent(honest))).toEqual([]);
      held.release();
      await pair.during(acting.catch(() => undefined));
      expect(living(pair.agent(honest))).toEqual([]);
      expect(
        asked()
          .slice(before)
          .filter(({ status }) => status === 'success'),
      ).toEqual([]);
      expect(await pair.store(honest).loadResumptions()).toEqual([]);
    }),
    { numRuns: inject('exhaustive') ? 200 : 15 },
  );
}, 120_000);

test('a CRL that comes with another handshake’s look ends everything too', async () => {
  const pair = await Pair.connected();
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  const { reached, release } = hold(pair, 1, 'before');
  const connecting = ask(pair, 'traveller');
  connecting.catch(() => undefined);
  await pair.during(reached);
  await pair.world.revoke(names.traveller);
  // The look before a handshake, not the one that an event or the clock brings.
  pair.world.clock.advance(21_000);
  await pair
    .agent('helper')
    .connect(names.traveller)
    .catch(() => undefined);
  expect(
    pair
      .agent('helper')
      .snapshot()
      .sessions.map(({ failure }) => failure?.code),
  ).toContain('certificate_revoked');
  release();
  await expect(pair.during(connecting)).rejects.toMatchObject({ code: 'session_conflict' });
});

test.each(['written', 'kept'] as const)(
  'a CRL that arrives while the new session is being %s leaves no session',
  async (what) => {
    const reached = gate();
    const released = gate();
    let isArmed = false;
    const store = createMemoryAgentStore();
    const pair = await Pair.connected(undefined, {
      helper: {
        store: {
          ...store,
          commit: async (batch) => {
            const isEstablishing = batch.audit.some(({ text }) => text.includes('"kind":"handshake"'));
            if (isArmed && what === 'written' && isEstablishing) {
              reached.open();
              await released.opened;
            }
            return store.commit(batch);
          },
          saveResumption: async (...given) => {
            if (isArmed && what === 'kept') {
              reached.open();
              await released.opened;
            }
            return store.saveResumption(...given);
          },
        },
      },
    });
    await pair.agent('traveller').disconnect(pair.first.sessionId);
    isArmed = true;
    const connecting = pair.agent('traveller').connect(names.helper);
    connecting.catch(() => undefined);
    await pair.during(reached.opened);
    await pair.world.revoke(names.traveller);
    const checking = pair.agent('helper').checkRevocations();
    await pair.passing(() => (pair.world.carried.at(-1)?.url.endsWith('/crl') === true ? true : undefined));
    // Until the list has been looked at.
    await pair.pass(1_000);
    released.open();
    await checking;
    await expect(pair.during(connecting)).rejects.toMatchObject({ code: 'certificate_revoked' });
    expect(living(pair.agent('helper'))).toEqual([]);
    expect(await store.loadResumptions()).toEqual([]);
  },
);

test('requests that run when their sender is revoked are told to stop, and are not answered', async () => {
  const methods = new MethodRegistry();
  const running = gate();
  let signal: AbortSignal | undefined;
  methods.register('ping', () => null);
  methods.register('slow', (_parameters, info) => {
    signal = info.signal;
    running.open();
    return new Promise(() => undefined);
  });
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const asking = ask(pair, 'traveller', 'slow');
  asking.catch(() => undefined);
  await pair.during(running.opened);
  await pair.world.revoke(names.traveller);
  await pair.agent('helper').checkRevocations();
  expect(signal?.aborted).toBe(true);
  await expect(pair.during(asking)).rejects.toThrow();
  const slow = pair
    .agent('helper')
    .snapshot()
    .exchanges.find(({ method }) => method === 'slow');
  expect(slow).toMatchObject({ status: 'error', error: { code: 'certificate_revoked' } });
});

describe('a certificate that is superseded', () => {
  async function superseding(): Promise<{
    pair: Pair;
    ca: SaidByCa;
    supersede(who: Who, isRenewed: boolean): Promise<void>;
  }> {
    const quiet = { isQuiet: true };
    const pair = await Pair.connected(undefined, { traveller: quiet, helper: quiet });
    const ca = new SaidByCa(pair.world);
    const supersede = async (who: Who, isRenewed: boolean) => {
      const identity = await registered(pair.store(who));
      if (isRenewed) {
        const registration = { ...identity.registration, certificates: await ca.renew(identity) };
        await pair.store(who).saveIdentity({ ...identity, registration });
      }
      await ca.list(identity, 'superseded');
      await pair.agent(other[who]).checkRevocations();
    };
    pair.world.tamper = ca.tamper();
    return { pair, ca, supersede };
  }

  test.each(both)('ends nothing while the same key has a valid one: %s', async (who) => {
    const { pair, supersede } = await superseding();
    await supersede(who, true);
    expect(living(pair.agent(other[who]))).toHaveLength(1);
    expect((await ask(pair, who)).sessionId).toBe(pair.first.sessionId);
    expect((await ask(pair, other[who])).sessionId).toBe(pair.first.sessionId);
    expect(await pair.store(other[who]).loadResumptions()).toHaveLength(1);
  });

  test.each(both)('goes on in a resumption that %s begins', async (who) => {
    const { pair, supersede } = await superseding();
    await supersede('traveller', true);
    await pair.restart(who);
    expect((await pair.during(ask(pair, who))).status).toBe('success');
    expect(living(pair.agent(who))).toMatchObject([{ resumes: pair.first.sessionId }]);
    expect(pair.rsa).toEqual([]);
  });

  test('is refused in a new handshake, of which what is half-open goes on', async () => {
    const { pair, ca, supersede } = await superseding();
    await pair.agent('traveller').disconnect(pair.first.sessionId);
    const { reached, release } = hold(pair, 1, 'before');
    pair.world.tamper = ca.tamper(pair.world.tamper);
    const connecting = pair.agent('traveller').connect(names.helper);
    await pair.during(reached);
    await supersede('traveller', true);
    release();
    const { sessionId } = await pair.during(connecting);
    await pair.agent('traveller').disconnect(sessionId);
    await expect(pair.agent('traveller').connect(names.helper)).rejects.toMatchObject({ code: 'certificate_revoked' });
  });

  test('ends everything when the key has no other', async () => {
    const { pair, supersede } = await superseding();
    await supersede('traveller', false);
    expect(living(pair.agent('helper'))).toEqual([]);
    expect(await pair.store('helper').loadResumptions()).toEqual([]);
  });

  test('ends nothing while the directory cannot be asked, and everything once it says that there is no other', async () => {
    const { pair, ca, supersede } = await superseding();
    let isCut = true;
    pair.world.tamper = ca.tamper(async (request, next) => {
      if (isCut && request.url.includes('/controller/agents/')) return new Response(null, { status: 502 });
      return next(request);
    });
    await supersede('traveller', false);
    expect(living(pair.agent('helper'))).toHaveLength(1);
    isCut = false;
    await pair.agent('helper').checkRevocations();
    expect(living(pair.agent('helper'))).toEqual([]);
  });

  test('and then revoked for another reason ends everything', async () => {
    const { pair, ca, supersede } = await superseding();
    const identity = await registered(pair.store('traveller'));
    await supersede('traveller', true);
    await ca.list(identity, 'keyCompromise');
    await pair.agent('helper').checkRevocations();
    expect(living(pair.agent('helper'))).toEqual([]);
  });
});
