import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { visibleLine } from '../console/visible-text.ts';
import { ParleyError } from '../protocol/errors.ts';
import { backUp } from '../server/backup/back-up.ts';
import { restore } from '../server/backup/restore.ts';
import type { BackupFacts } from '../server/backup/verified-parts.ts';
import type { GivenFlags } from '../server/options/flags.ts';
import { faultOf, faultSentence } from '../storage/file/file-fault.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';

interface Out {
  write(text: string): unknown;
}

/** Runs `parley admin backup FILE`. Returns the exit code. */
export async function runBackup({ words, flags }: Given, out: Out): Promise<number> {
  const [file = ''] = words;
  try {
    const facts = await backUp({ ...placesIn(flags), file });
    const { size } = await stat(file);
    if (flags.json === true) out.write(asJson(facts, { file, bytes: size }));
    else {
      say(out, `${file} holds the server’s database, CA and tokens (${size} bytes), and was verified.`);
      sayFacts(out, facts);
      say(out, '  It holds the CA’s private key. Keep it where you keep other private keys.');
    }
    return exitCodes.done;
  } catch (cause) {
    return complain(named(cause, file));
  }
}

/** Runs `parley admin restore FILE`. Returns the exit code. */
export async function runRestore({ words, flags }: Given, out: Out): Promise<number> {
  const [file = ''] = words;
  try {
    const places = placesIn(flags);
    const facts = await restore({ ...places, file, replace: flags.replace === true });
    if (flags.json === true) out.write(asJson(facts, { file, data: places.data }));
    else {
      say(out, `${places.data} holds the backup of ${facts.createdAt}, verified. Start the server.`);
      sayFacts(out, facts);
      say(out, '  What was registered or revoked after the backup is not in it: revoke those agents again.');
    }
    return exitCodes.done;
  } catch (cause) {
    return complain(named(cause, file));
  }
}

function placesIn(flags: GivenFlags): { readonly data: string; readonly ca: string } {
  const text = (flag: string, variable: string) => {
    const value = flags[flag];
    if (value === '') throw new ParleyError('invalid_input', `--${flag} needs a value.`);
    return typeof value === 'string' ? value : process.env[variable] || undefined;
  };
  if (text('nats', 'NATS_URL') !== undefined) {
    throw new ParleyError(
      'invalid_input',
      'The records of a group are in JetStream: back them up with “nats stream backup”, and copy ca.pem. Nothing was done. For a server without NATS, leave --nats (NATS_URL) out.',
    );
  }
  const data = text('data', 'PARLEY_DATA') ?? '.parley';
  return { data, ca: text('ca', 'PARLEY_CA') ?? join(data, 'ca.pem') };
}

function sayFacts(out: Out, { agents, caFingerprint, listNumber }: BackupFacts): void {
  say(out, `  Agents: ${agents}. Newest revocation list: ${listNumber ?? 'none'}.`);
  say(out, `  CA: SHA-256 ${caFingerprint}`);
}

function asJson(facts: BackupFacts, more: object): string {
  const { createdAt, parley, agents, caFingerprint, listNumber, parts } = facts;
  const said = {
    ...more,
    created_at: createdAt,
    parley,
    agents,
    ca_fingerprint: caFingerprint,
    list_number: listNumber ?? null,
    parts,
  };
  return `${visibleLine(JSON.stringify(said))}\n`;
}

function say(out: Out, text: string): void {
  out.write(`${visibleLine(text)}\n`);
}

/** Returns the error for whoever typed the command; what the system says is told with the path that it is about. */
function named(cause: unknown, file: string): unknown {
  const fault = faultOf(cause);
  if (fault === undefined) return cause;
  const path = fault.path ?? file;
  const detail = `${faultSentence({ flag: undefined, path }, { ...fault, path })} Nothing was changed.`;
  return new ParleyError(fault.kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause });
}
