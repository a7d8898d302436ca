import { get } from 'node:http';
import { makeRegistrant, registration, signedBy } from '../../../src/controller/testing/registrant.ts';
import { postJson, RawConnection, registerRaw } from '../../../src/server/testing/raw-agent.ts';
import { type Attack, attackerAddress, pause, repeat, unixNow } from '../attack.ts';

/** What can be done to a Controller and to the web server around it. */
export const controllerAttacks: readonly Attack[] = [
  {
    name: 'recorded registration',
    does: 'sends one recorded registration again, 20 a second',
    prepare: async (server) => {
      const keys = await makeRegistrant('recorded_agent', `${server}/agents/recorded_agent`);
      const recorded = await registration(keys, { controller: server, timestamp: unixNow() });
      return (signal) =>
        repeat(signal, { perSecond: 20, atOnce: 4 }, async () =>
          String((await postJson(`${server}/controller/register`, recorded)).status),
        );
    },
  },
  {
    name: 'open registrations',
    does: 'begins registrations with 8 keys under ever new names, 20 a second, and confirms none',
    prepare: async (server) => {
      const keys = await Promise.all(Array.from({ length: 8 }, () => makeRegistrant('nobody_yet', server)));
      return (signal) =>
        repeat(signal, { perSecond: 20, atOnce: 4 }, async (turn) => {
          const agentId = `never_confirmed_${turn}`;
          const key = keys[turn % keys.length];
          if (key === undefined) throw new RangeError('no key');
          const registrant = { ...key, agentId, address: `${server}/agents/${agentId}` };
          const body = await registration(registrant, { controller: server, timestamp: unixNow() });
          return String((await postJson(`${server}/controller/register`, body)).status);
        });
    },
  },
  {
    name: 'repeated revocation',
    does: 'sends one revocation of its own agent again, 50 a second',
    prepare: async (server) => {
      const registrant = await registerRaw(server, 'revoked_agent');
      const statement = {
        agent_id: 'revoked_agent',
        controller: server,
        reason: 'keyCompromise',
        timestamp: unixNow(),
      };
      const recorded = await signedBy(registrant, 'revoke', statement);
      return (signal) =>
        repeat(signal, { perSecond: 50, atOnce: 4 }, async () =>
          String((await postJson(`${server}/controller/revoke`, recorded)).status),
        );
    },
  },
  {
    name: 'reconnecting agent',
    does: 'connects its agent to the relay and leaves again, 10 times a second',
    prepare: async (server) => {
      const registrant = await registerRaw(server, 'restless_agent');
      return (signal) =>
        repeat(signal, { perSecond: 10, atOnce: 1 }, async () => {
          const connection = new RawConnection(server, attackerAddress);
          await connection.prove(registrant, 'restless_agent', server);
          await connection.frame('welcome');
          connection.socket.terminate();
          return 'connected';
        });
    },
  },
  {
    name: 'event streams',
    does: 'opens 2,000 streams of events and holds them',
    prepare: async (server) => async (signal) => {
      const open = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const request = get(
            `${server}/controller/events`,
            { agent: false, signal, headers: { ...attackerAddress, accept: 'text/event-stream' } },
            (answer) => {
              answer.on('error', () => undefined).resume();
              resolve(String(answer.statusCode));
            },
          );
          request.on('error', reject);
        });
      let left = 2_000;
      return repeat(signal, { perSecond: 400, atOnce: 8 }, async () => {
        if (left > 0) {
          left -= 1;
          return open();
        }
        await pause(60_000, signal);
        return 'held';
      });
    },
  },
  {
    name: 'pages',
    does: 'reads the app’s page with every encoding, 16 at a time, as fast as it is answered',
    prepare: async (server) => (signal) =>
      repeat(signal, { perSecond: 2_000, atOnce: 16 }, async () => {
        const answer = await fetch(`${server}/`, { signal, headers: { 'accept-encoding': 'br, gzip' } });
        await answer.arrayBuffer();
        return String(answer.status);
      }),
  },
];
