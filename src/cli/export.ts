import { existsSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { visibleLine } from '../console/visible-text.ts';
import type { OpenedAgent } from '../library/open-agent.ts';
import { ParleyError } from '../protocol/errors.ts';
import { hasCode } from '../storage/file/error-code.ts';
import { faultOf, faultSentence } from '../storage/file/file-fault.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { openNamed } from './open-named.ts';
import { type AgentArguments, readAgentArguments } from './options.ts';
import { trustCertificates } from './trust.ts';

/**
 * Runs `parley export audit|history FILE`: writes what an agent stores to a new file. Nothing is overwritten. Returns the exit code.
 */
export async function runExport({ words, flags }: Given, out: { write(text: string): unknown }): Promise<number> {
  try {
    const given = await readAgentArguments(flags, process.env, 'helper_agent_001');
    const [what = 'audit', file = ''] = words;
    if (what === 'history') requirePassphrase(given);
    // Opening an agent that is not there would make it, and register its name.
    if (!existsSync(given.folder)) {
      throw invalid(
        `No agent has its keys in ${given.folder}. Nothing was written. Check --id (PARLEY_ID) and --data (PARLEY_AGENT_DATA).`,
      );
    }
    if (given.trust !== undefined) await trustCertificates(given.trust);
    const said = await intoNewFile(file, (handle) =>
      what === 'audit' ? exportAudit(given, file, handle) : exportHistory(given, file, handle),
    );
    out.write(`${visibleLine(said)}\n`);
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  }
}

async function exportAudit(given: AgentArguments, file: string, handle: FileHandle): Promise<string> {
  const { disclose } = given;
  const audit = await withAgent(given, ({ audit }) => audit.export(disclose));
  await write(handle, file, audit);
  const disclosed = disclose.length === 0 ? 'No message is disclosed.' : `Disclosed: entry ${disclose.join(', ')}.`;
  return `${given.id}’s audit trail is in ${file}. ${disclosed} Check it with: parley verify ${file}`;
}

function requirePassphrase({ exportPassphrase }: AgentArguments): string {
  if (exportPassphrase !== undefined) return exportPassphrase;
  throw invalid('Give a passphrase: --export-passphrase-file FILE, or PARLEY_EXPORT_PASSPHRASE.');
}

async function exportHistory(given: AgentArguments, file: string, handle: FileHandle): Promise<string> {
  const { peer } = given;
  const exportPassphrase = requirePassphrase(given);
  const history = await withAgent(given, ({ historyService }) => historyService.exportHistory(exportPassphrase, peer));
  await write(handle, file, history);
  return `${given.id}’s history is in ${file}, encrypted under the passphrase in the age format.`;
}

async function withAgent<T>(given: AgentArguments, use: (agent: OpenedAgent['agent']) => Promise<T>): Promise<T> {
  const opened = await openNamed(given, { reachable: false, isQuiet: true });
  try {
    return await use(opened.agent);
  } finally {
    await opened.close();
  }
}

/** Opens the file of an export for its owner alone before the agent is opened, and removes it when the export fails. */
async function intoNewFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    if (hasCode(cause, 'EEXIST')) throw invalid(`${path} already exists. Give another name: nothing is overwritten.`);
    throw unwritable(path, cause);
  });
  try {
    return await use(file);
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Returns the error that says why the file cannot be written; an unexpected error is returned as it is. */
function unwritable(path: string, cause: unknown): unknown {
  const fault = faultOf(cause);
  if (fault === undefined) return cause;
  const detail = `${faultSentence({ flag: 'FILE', path }, { ...fault, path })} Nothing was exported.`;
  return new ParleyError(fault.kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause });
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
