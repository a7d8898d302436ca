import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ParleyError } from '../protocol/errors.ts';
import { flagError } from '../server/flag-error.ts';
import { isOrigin } from '../server/options.ts';
import { reasonOf } from './system-reason.ts';

const flags = {
  id: { type: 'string' },
  listen: { type: 'string' },
  controller: { type: 'string' },
  'allow-origin': { type: 'string' },
  data: { type: 'string' },
  trust: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'passphrase-file': { type: 'string' },
  'token-file': { type: 'string' },
  method: { type: 'string' },
  disclose: { type: 'string' },
  peer: { type: 'string' },
  'export-passphrase-file': { type: 'string' },
} as const;

/** What the command line of an agent says. */
export interface AgentArguments {
  readonly words: readonly string[];
  readonly id: string;
  readonly listen: URL | undefined;
  readonly controller: string;
  /** Origins of other sites whose pages may call it at `listen`. */
  readonly allowOrigin: readonly string[];
  /** Folder of this agent alone. */
  readonly folder: string;
  /** PEM file of a certificate to trust besides the system's. */
  readonly trust: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly passphrase: string | undefined;
  readonly registrationToken: string | undefined;
  readonly method: string | undefined;
  /** Indexes of entries of the audit trail. */
  readonly disclose: readonly number[];
  readonly peer: string | undefined;
  /** Of a file that is exported, not of the agent's keys. */
  readonly exportPassphrase: string | undefined;
}

/** Reads the arguments of `agent`, `send` and `export`. Throws `invalid_input` with a sentence that says what to change. */
export async function readAgentArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  defaultId: string,
): Promise<AgentArguments> {
  const { values, positionals } = parsed(args);
  const id = values.id ?? environment.PARLEY_ID ?? defaultId;
  const cert = values['tls-cert'];
  const key = values['tls-key'];
  if ((cert === undefined) !== (key === undefined)) throw invalid('TLS needs both --tls-cert and --tls-key.');
  const root = values.data ?? environment.PARLEY_AGENT_DATA ?? join(homedir(), '.parley');
  return {
    words: positionals,
    id,
    listen: values.listen === undefined ? undefined : listenUrl(values.listen),
    controller: baseUrl('--controller', values.controller ?? environment.PARLEY_CONTROLLER ?? 'http://localhost:4173'),
    allowOrigin: originsIn(values['allow-origin'] ?? environment.PARLEY_ALLOW_ORIGIN),
    folder: join(root, id),
    trust: values.trust,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    passphrase: (await secretIn(values['passphrase-file'])) ?? environment.PARLEY_PASSPHRASE,
    registrationToken: (await secretIn(values['token-file'])) ?? environment.PARLEY_REGISTRATION_TOKEN,
    method: values.method,
    disclose: numbersIn(values.disclose),
    peer: values.peer,
    exportPassphrase: (await secretIn(values['export-passphrase-file'])) ?? environment.PARLEY_EXPORT_PASSPHRASE,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: true });
  } catch (error) {
    throw flagError(error);
  }
}

function baseUrl(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || (text !== url.origin && text !== `${url.origin}/`)) {
    throw invalid(`${flag} is ${text}, which is no base URL such as http://localhost:4173.`);
  }
  return url.origin;
}

function listenUrl(text: string): URL {
  const isWhole = /^[a-z]+:\/\//.test(text);
  const url = new URL(baseUrl('--listen', isWhole ? text : `https://${text}`));
  if (url.port === '' || url.port === '0') throw invalid('--listen needs a port, such as https://localhost:5001.');
  return url;
}

function originsIn(text = ''): readonly string[] {
  const origins = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return origins;
  throw invalid(`--allow-origin names ${wrong}, which is no origin such as https://pages.example.`);
}

function numbersIn(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  if (!/^\d{1,15}(,\d{1,15})*$/.test(text)) throw invalid('--disclose takes numbers of entries, such as 12,15.');
  return text.split(',').map(Number);
}

async function secretIn(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw invalid(`The file ${path} cannot be read${reasonOf(cause)}.`);
  }
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
