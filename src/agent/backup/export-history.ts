import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { HistoryStore } from '../contracts/history-store.ts';
import type { History } from '../history/history.ts';
import { HistoryFileWriter } from './history-file.ts';
import { encryptUnderPassphrase, requirePassphrase } from './passphrase-file.ts';

/** What is exported, and whose it is. */
export interface ExportDeps {
  readonly agentId: string;
  readonly history: Pick<History, 'all'>;
  readonly store: Pick<HistoryStore, 'usages'>;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Exports the history with a peer, or with all, as one age file under a passphrase. Rejects with `invalid_input` when
 * the passphrase is too short, and when there is nothing to export or more than a file may have.
 */
export async function exportHistory(deps: ExportDeps, passphrase: string, peerId?: string): Promise<Bytes> {
  requirePassphrase(passphrase);
  return encryptUnderPassphrase(await collectHistory(deps, peerId), passphrase);
}

/** Collects the same history before it is encrypted. Rejects with `invalid_input` when there is nothing to export. */
export async function collectHistory(deps: ExportDeps, peerId?: string): Promise<Blob> {
  const usages = await deps.store.usages();
  const peers = usages.filter((usage) => peerId === undefined || usage.peerId === peerId);
  const writer = new HistoryFileWriter();
  for (const peer of peers.map((usage) => usage.peerId).sort()) {
    for await (const exchange of deps.history.all(peer)) writer.add(exchange);
  }
  if (writer.isEmpty) {
    throw new ParleyError('invalid_input', 'There is nothing to export: no message is stored. Nothing was written.');
  }
  return writer.finish(deps.agentId, deps.now());
}
