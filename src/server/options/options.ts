import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { isEverywhere, isHost, isLoopback, isNatsUrls, isOrigin } from '../../http/server/addresses.ts';
import { isNetwork } from '../../http/server/proxies.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { baseUrl } from './base-urls.ts';
import { type GivenFlags, type ServerFlag, serverFlags } from './flags.ts';
import { type GroupOptions, groupOptions, groupSchema } from './group-options.ts';
import { type LimitOptions, limitOptions, limitSchema, whole } from './limit-options.ts';
import { type LogStyle, logFormats, logLevels } from './log-style.ts';

const origin = v.pipe(
  v.string(),
  v.check(
    (text) => text === '*' || isOrigin(text),
    'names no origin such as https://pages.example, without a slash at its end',
  ),
);
const token = v.pipe(v.string(), v.minLength(16, 'has fewer than 16 characters'));
const truth = v.pipe(
  v.picklist(['true', 'false', '1', '0'], 'is neither true nor false'),
  v.transform((text) => text === 'true' || text === '1'),
);
/** A value that has to say something. */
const text = v.pipe(v.string(), v.minLength(1, 'needs a value'));
const listOf = <const Item extends v.GenericSchema<string, string>>(item: Item) =>
  v.pipe(
    v.string(),
    v.transform((text) => (text === '' ? [] : text.split(',').map((part) => part.trim()))),
    v.array(item),
  );

const flagSchemas = {
  host: v.optional(v.pipe(text, v.check(isHost, 'is no host name and no IP address')), 'localhost'),
  port: v.optional(whole(0, 65_535), '4173'),
  url: v.optional(baseUrl),
  data: v.optional(text, '.parley'),
  ca: v.optional(text),
  'new-ca': v.optional(truth, 'false'),
  'new-database': v.optional(truth, 'false'),
  app: v.optional(text),
  'tls-cert': v.optional(text),
  'tls-key': v.optional(text),
  'allow-http': v.optional(truth, 'false'),
  registration: v.optional(v.picklist(['open', 'token'], 'is neither open nor token')),
  relays: v.optional(v.pipe(text, listOf(baseUrl))),
  'allow-origin': v.optional(listOf(origin), ''),
  nats: v.optional(v.pipe(v.string(), v.check(isNatsUrls, 'is no URL such as nats://localhost:4222'))),
  ...groupSchema,
  'trust-proxy': v.optional(truth, 'false'),
  proxies: v.optional(
    listOf(v.pipe(v.string(), v.check(isNetwork, 'names no IP address and no network such as 10.0.0.0/8'))),
    '',
  ),
  'rate-limit': v.optional(whole(1, 1_000_000), '300'),
  'names-per-key': v.optional(whole(1, 1_000_000), '16'),
  'new-agents-per-hour': v.optional(whole(1, 1_000_000), '1000'),
  ...limitSchema,
  'metrics-port': v.optional(whole(0, 65_535)),
  'metrics-host': v.optional(v.pipe(text, v.check(isHost, 'is no host name and no IP address'))),
  'log-level': v.optional(v.picklist(logLevels, `is none of ${logLevels.join(', ')}`), 'info'),
  'log-format': v.optional(v.picklist(logFormats, `is none of ${logFormats.join(', ')}`), 'json'),
  'log-requests': v.optional(truth, 'false'),
} as const satisfies Record<keyof typeof serverFlags, v.GenericSchema>;

const schema = v.object({
  ...flagSchemas,
  operatorToken: v.optional(token),
  metricsToken: v.optional(token),
  registrationTokens: v.optional(listOf(v.pipe(v.string(), v.minLength(16, 'has one of fewer than 16 characters')))),
});

/** How a server is to run, checked. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Base URL under which browsers and agents know this server; from host and port when undefined. */
  readonly url: string | undefined;
  /** Folder of the database, the CA and the tokens. */
  readonly data: string;
  /** File of the CA; `ca.pem` in `data` when undefined. */
  readonly ca: string | undefined;
  /** Begins with another CA where that of the agents is missing. */
  readonly newCa: boolean;
  /** Begins with an empty database where the one of the CA is missing. */
  readonly newDatabase: boolean;
  /** Folder of the built web app. */
  readonly app: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly registration: 'open' | 'token';
  /** Base URLs of all relays that share their agents with this one, itself among them. */
  readonly relays: readonly string[] | undefined;
  /** Origins of other sites whose pages may call this server; `*` for all. */
  readonly allowOrigin: readonly string[];
  /** URLs of NATS when servers share their agents; never logged: it may name a password. */
  readonly nats: string | undefined;
  /** How this server joins the others, when there is a NATS. */
  readonly group: GroupOptions;
  /** True when whoever connects is a proxy that says for whom. */
  readonly trustProxy: boolean;
  /** Addresses and networks of the proxies that say for whom they connect. */
  readonly proxies: readonly string[];
  /** Where the metrics have a port of their own. */
  readonly metricsAt: { readonly host: string; readonly port: number } | undefined;
  /** Reads the metrics at the port of everything. */
  readonly metricsToken: string | undefined;
  /** Requests a second that one address may make. */
  readonly rateLimit: number;
  /** agent_ids that one signing key may have. */
  readonly namesPerKey: number;
  /** New agents that one address may register in an hour. */
  readonly newAgentsPerHour: number;
  /** What it holds at most. */
  readonly limits: LimitOptions;
  /** What is logged, and how. */
  readonly log: LogStyle;
  readonly logRequests: boolean;
  readonly operatorToken: string | undefined;
  readonly registrationTokens: readonly string[] | undefined;
}

/** Returns what a server is told by its flags and the environment. Throws `invalid_input` with a sentence for everything that is wrong. */
export function readServerOptions(
  given: GivenFlags,
  environment: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const raw: Record<string, string | undefined> = {
    operatorToken: environment.PARLEY_OPERATOR_TOKEN,
    metricsToken: environment.PARLEY_METRICS_TOKEN,
    registrationTokens: environment.PARLEY_REGISTRATION_TOKENS,
  };
  for (const [flag, { variable }] of Object.entries<ServerFlag>(serverFlags)) {
    const fallback = environment[variable];
    const value = given[flag] ?? (fallback === '' ? undefined : fallback);
    if (value !== undefined) raw[flag] = String(value);
  }
  const { success, output, issues } = v.safeParse(schema, raw);
  if (!success) {
    throw new ParleyError('invalid_input', issues.map((issue) => `${nameOf(issue)} ${issue.message}.`).join(' '));
  }
  return checked(output);
}

function checked(output: v.InferOutput<typeof schema>): ServerOptions {
  const { host, url, 'tls-cert': cert, 'tls-key': key, 'allow-http': mayHttp } = output;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ParleyError('invalid_input', 'TLS needs both --tls-cert and --tls-key.');
  }
  const isLocal = isLoopback(host) && (url === undefined || isLoopback(new URL(url).hostname));
  if (cert === undefined && !isLoopback(host) && !mayHttp) {
    throw new ParleyError(
      'invalid_input',
      `Without TLS the server listens on localhost only, not on ${host}. Give --tls-cert and --tls-key, or --allow-http when a proxy in front of it speaks TLS.`,
    );
  }
  if (isEverywhere(host) && url === undefined) {
    throw new ParleyError(
      'invalid_input',
      `${host} is every address of this machine: give the address that browsers and agents use with --url (PARLEY_URL).`,
    );
  }
  if (output.app !== undefined) requireApp(output.app);
  const allowOrigin = output['allow-origin'];
  if (allowOrigin.includes('*') && isLocal) {
    throw new ParleyError(
      'invalid_input',
      '--allow-origin * would let every page call a server of this machine. Name the origins that may.',
    );
  }
  const { port, data, ca, app, relays, nats, operatorToken, registrationTokens } = output;
  return {
    host,
    port,
    url,
    data,
    ca,
    app,
    relays,
    allowOrigin,
    nats,
    group: groupOptions(output),
    operatorToken,
    registrationTokens,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    registration: output.registration ?? (isLocal ? 'open' : 'token'),
    newCa: output['new-ca'],
    newDatabase: output['new-database'],
    trustProxy: output['trust-proxy'],
    proxies: output.proxies,
    metricsAt: metricsAt(output),
    metricsToken: output.metricsToken,
    rateLimit: output['rate-limit'],
    namesPerKey: output['names-per-key'],
    newAgentsPerHour: output['new-agents-per-hour'],
    limits: limitOptions(output),
    log: { level: output['log-level'], format: output['log-format'] },
    logRequests: output['log-requests'],
  };
}

function metricsAt(output: v.InferOutput<typeof schema>): ServerOptions['metricsAt'] {
  const { 'metrics-port': port, 'metrics-host': host } = output;
  if (port === undefined && host !== undefined) {
    throw new ParleyError('invalid_input', '--metrics-host (PARLEY_METRICS_HOST) needs --metrics-port too.');
  }
  if (port !== undefined && port !== 0 && port === output.port) {
    throw new ParleyError('invalid_input', `--metrics-port and --port are both ${port}. Choose another port for one.`);
  }
  return port === undefined ? undefined : { host: host ?? 'localhost', port };
}

function requireApp(path: string): void {
  if (existsSync(join(path, 'index.html'))) return;
  const what = existsSync(path) ? 'which has no readable index.html' : 'which does not exist';
  throw new ParleyError(
    'invalid_input',
    `--app (PARLEY_APP) is ${path}, ${what}. Name the folder of a built app, or leave it out.`,
  );
}

/** Tokens are read from the environment alone. */
const tokenVariables: Readonly<Record<string, string>> = {
  operatorToken: 'PARLEY_OPERATOR_TOKEN',
  metricsToken: 'PARLEY_METRICS_TOKEN',
  registrationTokens: 'PARLEY_REGISTRATION_TOKENS',
};

function nameOf(issue: v.InferIssue<typeof schema>): string {
  const flag = v.getDotPath(issue)?.split('.')[0] ?? '';
  const found = Object.entries<ServerFlag>(serverFlags).find(([name]) => name === flag)?.[1];
  if (found !== undefined) return `--${flag} (${found.variable})`;
  return tokenVariables[flag] ?? flag;
}
