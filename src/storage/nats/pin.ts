import { X509Certificate } from 'node:crypto';
import type { StoredAuthority } from '../../controller/store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { agentFromJson } from '../json/controller-records.ts';
import type { SealedRecords } from './records.ts';

/** Milliseconds that another server, which has just made the CA, has to begin the group. */
const beginMs = 5_000;
const lookMs = 100;

/** The key of the record that says that the records of an earlier version are being taken over. */
const adoption = 'adoption';

/** What is needed of a group's records. */
type PinnedRecords = Pick<SealedRecords, 'foreign' | 'all' | 'get' | 'change' | 'renew'>;

/** How a server may take what it finds at NATS. */
export interface JoinOptions {
  /** Begins a group where NATS holds none, though there is a CA. */
  readonly newGroup: boolean;
  /** Takes records that an earlier version of Parley wrote, which nobody can authenticate. */
  readonly adoptGroup: boolean;
}

/**
 * Makes sure that the records at NATS belong to this CA. A group begins with the server that makes the CA; a CA without a
 * group means that NATS has lost it. Rejects with `storage_failed` and what to do.
 */
export async function pinAuthority(
  records: PinnedRecords,
  own: StoredAuthority,
  { newGroup, adoptGroup }: JoinOptions,
): Promise<void> {
  const certificate = toHex(own.certificate);
  const all = await records.all();
  const isHalfAdopted = all.get(adoption)?.text === 'begun';
  if (all.size > 0 && !isHalfAdopted) {
    // Every record is authenticated under this CA's key, so the group is its own, whatever was made of this one.
    if (all.get('authority')?.text !== certificate) await records.renew('authority', () => certificate);
    return;
  }
  if (records.foreign.has('authority')) {
    if (records.foreign.get('authority') !== certificate) throw anotherCa();
    if (!adoptGroup) {
      throw new ParleyError(
        'storage_failed',
        'An earlier version of Parley wrote the records of this group, without authentication. Stop every server, check the list of agents, and start one server once with --adopt-group.',
      );
    }
    await adopt(records, own);
    return;
  }
  if (!newGroup) await untilBegun(records);
  await records.change('authority', (pinned) => (pinned === undefined ? certificate : undefined));
  if ((await records.get('authority'))?.text !== certificate) throw anotherCa();
}

async function untilBegun(records: PinnedRecords): Promise<void> {
  const end = Date.now() + beginMs;
  while ((await records.get('authority')) === undefined) {
    if (Date.now() > end) {
      throw new ParleyError(
        'storage_failed',
        'This server has the CA of a group, and NATS has no records of it: every registration and revocation would be forgotten. Restore the JetStream data. To start an empty group with this CA, use --new-group.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** Authenticates what an earlier version wrote: agents whose certificates this CA signed, and the number of the newest list. */
async function adopt(records: PinnedRecords, own: StoredAuthority): Promise<void> {
  await records.renew(adoption, () => 'begun');
  for (const [key, text] of [...records.foreign]) {
    if (text === undefined) continue;
    const isTaken = key === 'list.number' ? /^\d{1,15}$/.test(text) : isCertified(text, key, own);
    if (isTaken) await records.renew(key, () => text);
  }
  await records.renew('authority', () => toHex(own.certificate));
  await records.renew(adoption, () => 'done');
}

function isCertified(text: string, key: string, own: StoredAuthority): boolean {
  try {
    const { agentId, certificates, signingSpki } = agentFromJson(text);
    const { publicKey } = new X509Certificate(own.certificate);
    const certificate = new X509Certificate(certificates.signing);
    const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
    return (
      key === `agents.${agentId}` &&
      certificate.subject === `CN=${agentId}` &&
      certificate.verify(publicKey) &&
      toHex(new Uint8Array(spki)) === toHex(signingSpki)
    );
  } catch (error) {
    // A record that is not one, or a certificate that cannot be read: not adopted, and counted as forged.
    if (isError(error)) return false;
    throw error;
  }
}

function anotherCa(): ParleyError {
  return new ParleyError(
    'storage_failed',
    'This server and its group have different CAs. Copy the CA file of a server of the group here.',
  );
}
