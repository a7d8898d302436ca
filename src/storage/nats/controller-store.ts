import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm, type KvOptions } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AuthorityStore, ControllerStore } from '../../controller/store.ts';
import { guarded } from '../guarded.ts';
import { agentFromJson, listFromJson, registrationFromJson, toJson } from '../json/controller-records.ts';
import { pinnedAuthority } from './authority.ts';
import { changeKey, isOutrun, readKey } from './change.ts';

/** Milliseconds after which a registration's traces go by themselves: far more than it may take. */
const registrationTtl = 10 * 60_000;

/**
 * A Controller's store that servers share, in two JetStream key-value buckets whose names begin with `prefix`. The CA's key
 * stays in `authority`; its certificate is kept here, so that no server of the group works with another CA. Rejects with
 * `storage_failed`, also where JetStream is not turned on.
 */
export async function openNatsControllerStore(
  connection: NatsConnection,
  authority: AuthorityStore,
  prefix = 'parley',
): Promise<ControllerStore> {
  const kvm = new Kvm(jetstream(connection));
  // Reads go to the leader: a list is made from everything that was revoked before, not from an older copy.
  const options: Partial<KvOptions> = { history: 1, allow_direct: false };
  const [kv, registrations] = await guarded(async () => [
    await kvm.create(`${prefix}_controller`, options),
    await kvm.create(`${prefix}_registrations`, { ...options, ttl: registrationTtl }),
  ]);

  return {
    ...pinnedAuthority(authority, kv),
    agent: (id) =>
      guarded(async () => {
        const { text } = await readKey(kv, `agents.${id}`);
        return text === undefined ? undefined : agentFromJson(text);
      }),
    agents: () =>
      guarded(async () => {
        const agents = (await entries(kv, 'agents.*')).map(({ text }) => agentFromJson(text));
        return agents.sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
      }),
    updateAgent: (id, change) =>
      guarded(() =>
        changeKey(kv, `agents.${id}`, (text) => toJson(change(text === undefined ? undefined : agentFromJson(text)))),
      ),
    addRegistration: (registration) =>
      guarded(async () => {
        await registrations.create(registration.id, toJson(registration));
      }),
    takeRegistration: (id) =>
      guarded(async () => {
        const { text, revision } = await readKey(registrations, id);
        if (text === undefined) return undefined;
        try {
          await registrations.delete(id, { previousSeq: revision });
        } catch (error) {
          if (isOutrun(error)) return undefined;
          throw error;
        }
        return registrationFromJson(text);
      }),
    dropRegistrations: (now) =>
      guarded(async () => {
        const all = await entries(registrations, '*');
        const old = all.filter(({ text }) => registrationFromJson(text).expiresAt < now);
        for (const { key } of old) await registrations.delete(key);
        return all.length - old.length;
      }),
    nextListNumber: () =>
      guarded(async () => {
        let number = 0;
        await changeKey(kv, 'list.number', (text) => {
          number = Number(text ?? 0) + 1;
          return String(number);
        });
        return number;
      }),
    loadList: () =>
      guarded(async () => {
        const { text } = await readKey(kv, 'list.newest');
        return text === undefined ? undefined : listFromJson(text);
      }),
    keepList: (list) =>
      guarded(() =>
        changeKey(kv, 'list.newest', (text) =>
          text !== undefined && listFromJson(text).number >= list.number ? undefined : toJson(list),
        ),
      ),
  };
}

/** What there is under keys that match `filter`. */
async function entries(kv: KV, filter: string): Promise<{ key: string; text: string }[]> {
  const found: { key: string; text: string }[] = [];
  for await (const entry of await kv.history({ key: filter })) {
    if (entry.operation === 'PUT') found.push({ key: entry.key, text: entry.string() });
  }
  return found;
}
