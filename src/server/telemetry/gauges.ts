import type { Reading } from './metrics.ts';

/** Numbers that parts of a server have at any time. */
export interface Parts {
  readonly streams: { readonly size: number };
  readonly lines: { readonly size: number; readonly requestsUnderWay: number };
  readonly bytes: { readonly used: number };
  readonly caEnd: { readonly secondsLeft: number };
  readonly backing: { forged(): number; storedBytes(): Promise<number | undefined> };
  readonly store: {
    loadList(): Promise<{ readonly thisUpdate: number; readonly nextUpdate: number } | undefined>;
    countAgents(): Promise<number>;
  };
}

/** Returns what the metrics read from the parts of a server when they are asked for. A store that fails leaves its own out. */
export function gaugesOf({ streams, lines, bytes, caEnd, backing, store }: Parts): Readonly<Record<string, Reading>> {
  const now = () => Date.now() / 1_000;
  const unlessItFails = (read: () => Promise<number | undefined>) => () =>
    // `/readyz` and the log say that it fails.
    read().catch(() => undefined);
  return {
    parley_agents_connected: { help: 'Agents connected to this relay', read: () => lines.size },
    parley_agents_registered: {
      help: 'Agents that have registered with this Controller and were not deleted',
      read: unlessItFails(() => store.countAgents()),
    },
    parley_event_streams: { help: 'Streams of the Controller’s events that are open', read: () => streams.size },
    parley_relayed_under_way: { help: 'Requests that wait for an agent', read: () => lines.requestsUnderWay },
    parley_relay_bytes_held: { help: 'Bytes of relayed requests in memory', read: () => bytes.used },
    parley_forged_records: {
      help: 'Records, claims and events at NATS that no server of this group made',
      read: () => backing.forged(),
    },
    parley_ca_seconds_left: { help: 'Seconds until the CA certificate expires', read: () => caEnd.secondsLeft },
    parley_crl_age_seconds: {
      help: 'Seconds since the newest revocation list was signed',
      read: unlessItFails(async () => {
        const list = await store.loadList();
        return list === undefined ? undefined : now() - list.thisUpdate;
      }),
    },
    parley_crl_seconds_left: {
      help: 'Seconds until the newest revocation list expires',
      read: unlessItFails(async () => {
        const list = await store.loadList();
        return list === undefined ? undefined : list.nextUpdate - now();
      }),
    },
    parley_store_bytes: {
      help: 'Bytes of the database and its log on disk; absent in a group',
      read: unlessItFails(() => backing.storedBytes()),
    },
  };
}
