import type { Network } from '../../../src/agent/contracts/ports.ts';
import { httpNetwork } from '../../../src/network/http.ts';
import { ParleyError } from '../../../src/protocol/errors.ts';
import { openTab } from '../../../src/server/testing/tab.ts';
import { type Attack, repeat } from '../attack.ts';

/** What a peer can do that the Controller has certified. */
export const peerAttacks: readonly Attack[] = [
  {
    name: 'sessions of one peer',
    does: 'opens session after session with the honest agent, 20 a second, and closes none',
    prepare: async (server) => {
      const { agent } = await openTab('greedy_agent', [server]);
      return (signal) =>
        repeat(signal, { perSecond: 20, atOnce: 4 }, async () => (await agent.connect('honest_helper')).status);
    },
  },
  {
    name: 'half-open handshakes',
    does: 'sends hellos with a genuine certificate to the honest agent, 20 a second, and confirms none',
    prepare: async (server) => {
      const { agent } = await openTab('evasive_agent', [server], withoutConfirm);
      return (signal) =>
        repeat(signal, { perSecond: 20, atOnce: 4 }, async () => {
          try {
            return (await agent.connect('honest_helper')).status;
          } catch (cause) {
            if (cause instanceof ParleyError) return cause.code;
            throw cause;
          }
        });
    },
  },
  {
    name: 'requests of one peer',
    does: 'sends requests of 64 KiB to the honest agent, 40 a second',
    prepare: async (server) => {
      const { agent } = await openTab('talkative_agent', [server]);
      await agent.connect('honest_helper');
      const parameters = 'a'.repeat(64 * 1024);
      return (signal) =>
        repeat(signal, { perSecond: 40, atOnce: 8 }, async () => {
          const { status, error } = await agent.send({ peerId: 'honest_helper', method: 'note', parameters });
          return error?.code ?? status;
        });
    },
  },
];

/** A network that loses every CLIENT_CONFIRM. */
const withoutConfirm: Network = {
  ...httpNetwork,
  send: async (request, deadlineMs) => {
    const isConfirm =
      request.url.endsWith('/agent/handshake') && (await request.clone().text()).includes('CLIENT_CONFIRM');
    if (isConfirm) throw new ParleyError('peer_unreachable', 'The confirm is never sent.');
    return httpNetwork.send(request, deadlineMs);
  },
};
