import { homedir } from 'node:os';
import { join } from 'node:path';
import { baseUrlFault, parseBaseUrl } from '../http/base-url.ts';
import { isOrigin } from '../http/server/addresses.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import type { GivenFlags } from '../server/options/flags.ts';
import { readNamedFile } from '../storage/file/read-file.ts';
import { type AgentFlag, agentFlagNames } from './agent-flags.ts';

/** Seconds within which a request that is stored may be answered: 30 days. */
const longestExpirySeconds = 30 * 86_400;
/** Bytes of a file that holds a passphrase or a token. */
const largestSecret = 64 * 1024;

/** What the flags and the environment of an agent say. */
export interface AgentArguments {
  readonly id: string;
  readonly listen: URL | undefined;
  readonly controller: string;
  /** Origins of other sites whose pages may call it at `listen`. */
  readonly allowOrigin: readonly string[];
  /** Folder of all agents, as it was named. */
  readonly root: string;
  /** Folder of this agent alone. */
  readonly folder: string;
  /** PEM file of a certificate to trust besides the system's. */
  readonly trust: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly passphrase: string | undefined;
  readonly registrationToken: string | undefined;
  readonly method: string | undefined;
  /** Milliseconds. */
  readonly timeout: number | undefined;
  /** Path of the file that an answer is written to. */
  readonly output: string | undefined;
  /** True to store a request for a peer that is away. */
  readonly store: boolean;
  /** Milliseconds within which a request may be answered. */
  readonly expires: number | undefined;
  /** Paths of files that are sent; of one that goes with a message. */
  readonly file: readonly string[];
  /** Path of the folder that files are stored in which peers offer, and the bytes that one may have. */
  readonly files: string | undefined;
  readonly filesLimit: number;
  /** Members that are asked, as they were typed. */
  readonly to: readonly string[];
  /** Indexes of entries of the audit trail. */
  readonly disclose: readonly number[];
  readonly peer: string | undefined;
  /** Of a file that is exported, not of the agent's keys. */
  readonly exportPassphrase: string | undefined;
}

/** Reads the flags of `agent`, `send` and `export`. Throws `invalid_input` with a sentence that says what to change. */
export async function readAgentArguments(
  given: GivenFlags,
  environment: Readonly<Record<string, string | undefined>>,
  defaultId: string,
): Promise<AgentArguments> {
  const values = textsOf(given);
  const variable = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const id = agentIdIn('--id (PARLEY_ID)', values.id ?? variable('PARLEY_ID') ?? defaultId);
  const cert = values['tls-cert'];
  const key = values['tls-key'];
  if ((cert === undefined) !== (key === undefined)) throw invalid('TLS needs both --tls-cert and --tls-key.');
  const root = values.data ?? variable('PARLEY_AGENT_DATA') ?? join(homedir(), '.parley');
  return {
    id,
    listen: values.listen === undefined ? undefined : listenUrl(values.listen),
    controller: baseUrl(
      '--controller (PARLEY_CONTROLLER)',
      values.controller ?? variable('PARLEY_CONTROLLER') ?? 'http://localhost:4173',
    ),
    allowOrigin: originsIn(values['allow-origin'] ?? environment.PARLEY_ALLOW_ORIGIN),
    root,
    folder: join(root, id),
    trust: values.trust,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    passphrase: (await secretIn('--passphrase-file', values['passphrase-file'])) ?? environment.PARLEY_PASSPHRASE,
    registrationToken: tokenIn(
      await secretIn('--token-file', values['token-file']),
      variable('PARLEY_REGISTRATION_TOKEN'),
    ),
    method: values.method,
    timeout: values.timeout === undefined ? undefined : millisecondsIn('--timeout', values.timeout),
    output: values.output,
    store: given.store === true,
    expires:
      values.expires === undefined ? undefined : millisecondsIn('--expires', values.expires, longestExpirySeconds),
    file: values.file === undefined ? [] : values.file.split('\0'),
    files: values.files,
    filesLimit: sizeIn('--files-limit', values['files-limit'] ?? '100MiB'),
    to: (values.to ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])),
    disclose: numbersIn(values.disclose),
    peer: values.peer === undefined ? undefined : agentIdIn('--peer', values.peer),
    exportPassphrase:
      (await secretIn('--export-passphrase-file', values['export-passphrase-file'])) ??
      variable('PARLEY_EXPORT_PASSPHRASE'),
  };
}

/** Returns the flags of an agent by name. Throws `invalid_input` for an empty one. */
function textsOf(given: GivenFlags): Readonly<Partial<Record<AgentFlag, string>>> {
  const texts: Partial<Record<AgentFlag, string>> = {};
  for (const flag of agentFlagNames) {
    const value = given[flag];
    if (value === '' && flag !== 'allow-origin') throw invalid(`--${flag} needs a value.`);
    if (typeof value === 'string') texts[flag] = value;
  }
  return texts;
}

/** Returns a time in seconds as milliseconds. Throws `invalid_input` for what no timer can wait. */
function millisecondsIn(flag: string, text: string, most = 86_400): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= most) return 1_000 * seconds;
  throw invalid(`${flag} is ${text}, which is no number of seconds from 0.001 to ${most}.`);
}

function agentIdIn(flag: string, text: string): string {
  if (isAgentId(text)) return text;
  throw invalid(
    `${flag} is ${text}, which is no agent_id. An agent_id has 3 to 63 characters: a to z, 0 to 9 and _, a letter first.`,
  );
}

function baseUrl(flag: string, text: string): string {
  const base = parseBaseUrl(text);
  if (base !== undefined) return base;
  throw invalid(`${flag} ${baseUrlFault(text) ?? `is ${text}: write it as ${new URL(text).origin}`}.`);
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

/** Returns a size such as 100MiB in bytes. Throws `invalid_input`. */
function sizeIn(flag: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,12}) ?(|B|KiB|MiB|GiB)$/i.exec(text) ?? [];
  const power = ['', 'kib', 'mib', 'gib'].indexOf(unit.toLowerCase().replace(/^b$/, ''));
  const bytes = Number(number) * 1024 ** power;
  if (number !== '' && Number.isSafeInteger(bytes)) return bytes;
  throw invalid(`${flag} is ${text}. Give a size such as 100MiB, 2GiB or a number of bytes.`);
}

function numbersIn(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  if (!/^\d{1,15}(,\d{1,15})*$/.test(text)) throw invalid('--disclose takes numbers of entries, such as 12,15.');
  return text.split(',').map(Number);
}

async function secretIn(flag: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const secret = new TextDecoder().decode(await readNamedFile({ flag, path }, largestSecret)).trim();
  if (secret === '') throw invalid(`${flag} is ${path}, which holds only white space. Name another file.`);
  return secret;
}

/**
 * Returns the registration token, which may hold visible ASCII characters alone, since it goes into a header. The
 * token itself is never repeated.
 */
function tokenIn(fromFile: string | undefined, fromVariable: string | undefined): string | undefined {
  const token = fromFile ?? fromVariable;
  if (token === undefined || /^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  const source = fromFile === undefined ? 'PARLEY_REGISTRATION_TOKEN' : 'The file of --token-file';
  throw invalid(`${source} holds no registration token: a token is one line of letters, digits and signs.`);
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
