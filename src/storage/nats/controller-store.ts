import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm, type KvOptions } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { listedUntil, revokedSerials } from '../../controller/revoked-serials.ts';
import type { AuthorityStore, ControllerStore } from '../../controller/store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { guarded } from '../guarded.ts';
import { agentFromJson, listFromJson, registrationFromJson, toJson } from '../json/controller-records.ts';
import { pinnedAuthority } from './authority.ts';
import { changeKey, isOutrun, readKey } from './change.ts';

/** Milliseconds after which a registration and its signature go by themselves: more than either is kept. */
const registrationTtl = 15 * 60_000;

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

  const records = async () => {
    const found = (await entries(kv, 'agents.*')).map(({ text }) => agentFromJson(text));
    return found.sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
  };

  return {
    ...pinnedAuthority(authority, kv),
    agent: (id) =>
      guarded(async () => {
        const { text } = await readKey(kv, `agents.${id}`);
        const record = text === undefined ? undefined : agentFromJson(text);
        return record?.deletedAt === undefined ? record : undefined;
      }),
    agents: (after, limit) =>
      guarded(async () =>
        (await records())
          .filter(({ agentId, deletedAt }) => deletedAt === undefined && agentId > after)
          .slice(0, limit),
      ),
    countAgents: (signingSpki) =>
      guarded(async () => {
        const key = signingSpki && toHex(signingSpki);
        const kept = (await records()).filter(({ deletedAt }) => deletedAt === undefined);
        return kept.filter((record) => key === undefined || toHex(record.signingSpki) === key).length;
      }),
    updateAgent: (id, change) =>
      guarded(() =>
        changeKey(kv, `agents.${id}`, (text) => {
          const current = text === undefined ? undefined : agentFromJson(text);
          const changed = change(current);
          return changed === current ? undefined : toJson(changed);
        }),
      ),
    revokedSerials: (now) => guarded(async () => (await records()).flatMap((record) => revokedSerials(record, now))),
    keepCertificates: (certificates) =>
      guarded(async () => {
        for (const { hash, der } of certificates) await kv.put(`certificates.${hash}`, der);
      }),
    certificate: (hash) =>
      guarded(async () => {
        const entry = await kv.get(`certificates.${hash}`);
        return entry?.operation === 'PUT' ? new Uint8Array(entry.value) : undefined;
      }),
    putRegistration: (registration) =>
      guarded(async () => {
        await registrations.put(`pending.${registration.keyId}`, toJson(registration));
      }),
    takeRegistration: (id) =>
      guarded(async () => {
        if (!/^[0-9a-f]{64}$/.test(id)) return undefined;
        const key = `pending.${id.slice(0, 32)}`;
        const { text, revision } = await readKey(registrations, key);
        const registration = text === undefined ? undefined : registrationFromJson(text);
        if (registration?.id !== id) return undefined;
        try {
          await registrations.delete(key, { previousSeq: revision });
        } catch (error) {
          if (isOutrun(error)) return undefined;
          throw error;
        }
        return registration;
      }),
    hasSignature: (hash) =>
      guarded(async () => (await readKey(registrations, `signatures.${hash}`)).text !== undefined),
    addSignature: (hash, until) =>
      guarded(async () => {
        try {
          await registrations.create(`signatures.${hash}`, String(until));
          return true;
        } catch (error) {
          if (isOutrun(error)) return false;
          throw error;
        }
      }),
    // What is in the bucket of registrations goes by itself.
    dropExpired: (now) =>
      guarded(async () => {
        const deleted = (await records()).filter(({ deletedAt }) => deletedAt !== undefined);
        const over = deleted.filter(({ issued }) => issued.every((certificate) => listedUntil(certificate) < now));
        for (const { agentId } of over) await kv.delete(`agents.${agentId}`);
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
