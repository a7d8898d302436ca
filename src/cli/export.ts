import { stat, writeFile } from 'node:fs/promises';
import { visibleLine } from '../console/visible-text.ts';
import { nodePlatform } from '../library/node-platform.ts';
import { openAgent } from '../library/open-agent.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { type AgentArguments, readAgentArguments } from './options.ts';
import { reasonOf } from './system-reason.ts';
import { trustCertificates } from './trust.ts';

/**
 * `parley export audit|history FILE`: what an agent keeps, as a file for somebody else or for another agent. Nothing is overwritten.
 * The exit code.
 */
export async function runExport(args: readonly string[], out: { write(text: string): unknown }): Promise<number> {
  try {
    const given = await readAgentArguments(args, process.env, 'helper_agent_001');
    const [what, file, ...more] = given.words;
    if ((what !== 'audit' && what !== 'history') || file === undefined || more.length > 0) {
      throw invalid(
        'Say what, and into which file: parley export audit audit.json, or parley export history history.age.',
      );
    }
    await requireNew(file);
    // Opening an agent that is not there would make it, and register its name.
    if (!(await isThere(given.folder))) throw invalid(`No agent has its keys in ${given.folder}. Nothing was written.`);
    if (given.trust !== undefined) await trustCertificates(given.trust);
    const said = what === 'audit' ? await exportAudit(given, file) : await exportHistory(given, file);
    out.write(`${visibleLine(said)}\n`);
    return exitCodes.done;
  } catch (cause) {
    const { code, detail } = asParleyError(cause);
    process.stderr.write(`${visibleLine(`${detail} (${code})`)}\n`);
    return exitCodeOf(code);
  }
}

async function exportAudit(given: AgentArguments, file: string): Promise<string> {
  const { disclose } = given;
  const audit = await withAgent(given, ({ audit }) => audit.export(disclose));
  await writeNew(file, audit);
  const disclosed = disclose.length === 0 ? 'No message is disclosed.' : `Disclosed: entry ${disclose.join(', ')}.`;
  return `${given.id}’s audit trail is in ${file}. ${disclosed} Check it with: parley verify ${file}`;
}

async function exportHistory(given: AgentArguments, file: string): Promise<string> {
  const { exportPassphrase, peer } = given;
  if (exportPassphrase === undefined) {
    throw invalid('Say under which passphrase: --export-passphrase-file FILE, or PARLEY_EXPORT_PASSPHRASE.');
  }
  const history = await withAgent(given, ({ keeping }) => keeping.exportHistory(exportPassphrase, peer));
  await writeNew(file, history);
  return `${given.id}’s history is in ${file}, encrypted under the passphrase in the age format.`;
}

async function withAgent<T>(
  { id: agentId, controller, folder, passphrase }: AgentArguments,
  use: (agent: Awaited<ReturnType<typeof openAgent>>['agent']) => Promise<T>,
): Promise<T> {
  const opened = await openAgent(
    {
      agentId,
      server: controller,
      folder,
      reachable: false,
      isQuiet: true,
      ...(passphrase === undefined ? {} : { passphrase }),
    },
    nodePlatform,
  );
  try {
    return await use(opened.agent);
  } finally {
    await opened.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function requireNew(file: string): Promise<void> {
  if (await isThere(file)) throw invalid(`${file} is there already. Give another name: nothing is overwritten.`);
}

/** Writes a file for its owner alone. */
async function writeNew(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    await requireNew(file);
    throw new ParleyError('storage_failed', `${file} cannot be written${reasonOf(cause)}. Nothing was exported.`, {
      cause,
    });
  }
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
