import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { StoredAuditEntry } from '../contracts/audit-store.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import type { AgentStore, Scheduler, StoredRegistration } from '../contracts/ports.ts';
import type { History } from '../history/history.ts';
import { tagOf } from '../history/record.ts';
import type { Companion, Deletion } from '../history/write-queue.ts';
import type { EntryBody } from './entry/entries.ts';
import { readEntry } from './entry/stored-entry.ts';
import type { Exporter } from './export.ts';
import { AuditReader } from './reader.ts';
import { AuditRecorder } from './recorder.ts';
import { AuditRetention } from './retention.ts';
import { AuditTrail } from './trail.ts';
import { Turns } from './turns.ts';

/** Entries among which the certificates stand that a trail begins with. */
const firstEntries = 16;

/** How much an audit trail takes, in characters of entries. */
export interface AuditLimits {
  /** What a peer may cause in an hour; 4 MiB when absent. */
  readonly quotaPerHour?: number;
  /** What is kept at most; 128 MiB when absent. */
  readonly most?: number;
}

/** What an audit trail takes. */
export interface AuditDeps {
  readonly agentId: string;
  readonly store: AgentStore;
  readonly keys: HistoryKeys;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly registration: StoredRegistration;
  /** RSA-PSS private key of the agent's signing certificate. */
  readonly signingKey: CryptoKey;
  readonly auditLimits: AuditLimits;
}

/** An agent's audit trail at work. */
export interface Auditing {
  readonly recorder: AuditRecorder;
  /** Writes the trail in the transactions of the history. */
  readonly companion: Companion;
  /**
   * From here on what is recorded is written with the history, and what is too long gets shorter; gives who reads it. `usable`: see
   * `RetentionDeps`.
   */
  attach(history: History, usable: () => ReadonlySet<string>): AuditTrailApi;
  /** Writes down what was only counted, and deletes nothing more. */
  stop(): void;
}

/** What a person asks of the trail. */
export type AuditTrailApi = Pick<AuditReader, 'page' | 'verify'> & {
  /** See `AuditReader.export`. */
  export(disclose: readonly number[]): Promise<string>;
};

/** Takes an agent's audit trail up where the store has it, or begins it. Rejects with `storage_failed`. */
export async function startAudit(deps: AuditDeps): Promise<Auditing> {
  const { agentId, store, keys, environment, scheduler, registration, signingKey } = deps;
  const turns = new Turns();
  let retention: AuditRetention | undefined;
  const trail = new AuditTrail({ store, environment });
  await trail.load();
  const recorder = new AuditRecorder({
    agentId,
    trail,
    environment,
    scheduler,
    openingKey: keys.opening,
    ...deps.auditLimits,
    tagOf: (...exchange) => tagOf({ keys, environment }, ...exchange),
  });
  if (trail.head.length === 0) {
    const { caCertificate: der } = registration;
    const fingerprint = toHex(await sha256(environment.subtle, der));
    trail.add(
      { kind: 'began', agent_id: agentId },
      { kind: 'certificate', use: 'authority', fingerprint, der: encodeBase64(der) },
    );
  }
  for (const { text } of await store.auditEntries(0, firstEntries)) {
    const entry = readEntry(text);
    if (entry?.kind === 'certificate') recorder.know(entry.fingerprint);
  }
  const { caCertificate, certificates } = registration;
  const exporter: Exporter = { agentId, caCertificate, certificates, signingKey };
  return {
    recorder,
    stop: () => {
      recorder.stop();
      retention?.stop();
    },
    companion: {
      get isWaiting() {
        return trail.isWaiting;
      },
      write: async (commit, deletion) => {
        let written: readonly StoredAuditEntry[] = [];
        const keep: typeof commit = (entries) => {
          written = entries;
          return commit(entries);
        };
        const result = await trail.write(keep, deletion === undefined ? [] : [deletionBody(deletion)]);
        retention?.wrote(written);
        return result;
      },
    },
    attach: (history, usable) => {
      retention = new AuditRetention({
        ...deps.auditLimits,
        ...{ agentId, store, environment, signingKey, turns, usable },
      });
      trail.follow(() => history.nudge());
      if (trail.isWaiting) history.nudge();
      const reader = new AuditReader({
        store,
        trail,
        turns,
        environment,
        openingKey: keys.opening,
        exchangeOf: (tag) => history.findByTag(tag),
        settled: () => history.settled(),
      });
      return {
        page: (before, count) => reader.page(before, count),
        verify: () => reader.verify(),
        export: (disclose) => reader.export(exporter, disclose),
      };
    },
  };
}

function deletionBody({ peerId, which, reason }: Deletion): EntryBody {
  const peer_id = cutText(peerId, 600);
  return 'sequences' in which
    ? { kind: 'deletion', peer_id, reason, sequences: [...which.sequences] }
    : { kind: 'deletion', peer_id, reason, up_to: which.upTo };
}
