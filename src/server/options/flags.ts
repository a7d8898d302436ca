/** A flag of a command line. */
export interface Flag {
  /** What its value is, as help has it. A flag without one is given or not. */
  readonly value?: string;
  /** True for one that may be given several times: its values are joined by a NUL, which is in no path. */
  readonly isMany?: true;
  /** The variable of the environment that stands for it. */
  readonly variable?: string;
  readonly help: string;
}

/** A flag of a server: all have a variable, for containers. */
export interface ServerFlag extends Flag {
  readonly variable: string;
}

/** Flags by name, without the dashes. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The flags that a command line gives, by name: the text of each, and `true` for one that takes no value. */
export type GivenFlags = Readonly<Record<string, string | true | undefined>>;

const addressFlags = {
  host: { value: 'NAME', variable: 'PARLEY_HOST', help: 'Where it listens. Default: localhost.' },
  port: { value: 'PORT', variable: 'PORT', help: 'Port; 0 for any free one. Default: 4173.' },
  url: {
    value: 'URL',
    variable: 'PARLEY_URL',
    help: 'Base URL that browsers and agents use, when it differs from host and port.',
  },
  'tls-cert': { value: 'FILE', variable: 'PARLEY_TLS_CERT', help: 'Certificate in PEM: the server speaks HTTPS.' },
  'tls-key': { value: 'FILE', variable: 'PARLEY_TLS_KEY', help: 'Key of the certificate, in PEM.' },
  'allow-http': {
    variable: 'PARLEY_ALLOW_HTTP',
    help: 'Allows HTTP from other machines, when a proxy in front speaks TLS.',
  },
  proxies: {
    value: 'LIST',
    variable: 'PARLEY_PROXIES',
    help: 'Addresses and networks of the proxies in front, such as 10.0.0.0/8,192.0.2.7.',
  },
  'trust-proxy': {
    variable: 'PARLEY_TRUST_PROXY',
    help: 'Trusts whoever connects as a proxy, for one hop. Use it only where nothing else reaches the port.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

const dataFlags = {
  data: { value: 'FOLDER', variable: 'PARLEY_DATA', help: 'Database, CA and tokens. Default: .parley.' },
  ca: { value: 'FILE', variable: 'PARLEY_CA', help: 'The CA. Default: ca.pem in the data folder.' },
  'new-ca': { variable: 'PARLEY_NEW_CA', help: 'Once, after a loss: makes another CA where it is missing.' },
  'new-database': {
    variable: 'PARLEY_NEW_DATABASE',
    help: 'Once, after a loss: starts with an empty database where it is missing.',
  },
  app: { value: 'FOLDER', variable: 'PARLEY_APP', help: 'Serves this folder in place of the app.' },
} as const satisfies Readonly<Record<string, ServerFlag>>;

const accessFlags = {
  registration: {
    value: 'open|token',
    variable: 'PARLEY_REGISTRATION',
    help: 'Whether new agents need a token. Default: open on localhost, token elsewhere.',
  },
  'allow-origin': {
    value: 'URLS',
    variable: 'PARLEY_ALLOW_ORIGIN',
    help: 'Origins of other sites whose pages may call this server, separated by commas.',
  },
  'rate-limit': {
    value: 'COUNT',
    variable: 'PARLEY_RATE_LIMIT',
    help: 'Requests a second of one address. Default: 300.',
  },
  'new-agents-per-hour': {
    value: 'COUNT',
    variable: 'PARLEY_NEW_AGENTS_PER_HOUR',
    help: 'New agents of one address in an hour. Default: 1000.',
  },
  'names-per-key': {
    value: 'COUNT',
    variable: 'PARLEY_NAMES_PER_KEY',
    help: 'agent_ids of one signing key. Default: 16.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

/** The flags that change what a server holds at most, and what one address may have of it. */
export const limitFlags = {
  'relay-memory': {
    value: 'MIB',
    variable: 'PARLEY_RELAY_MEMORY',
    help: 'Bodies and answers under way, in MiB. Default: 256; 128 at least.',
  },
  'requests-per-agent': {
    value: 'COUNT',
    variable: 'PARLEY_REQUESTS_PER_AGENT',
    help: 'Messages under way to one agent. Default: 128.',
  },
  'handshakes-per-agent': {
    value: 'COUNT',
    variable: 'PARLEY_HANDSHAKES_PER_AGENT',
    help: 'Handshakes under way to one agent. Default: 32.',
  },
  'connected-agents': {
    value: 'COUNT',
    variable: 'PARLEY_CONNECTED_AGENTS',
    help: 'Agents connected at once. Default: 50000.',
  },
  'event-streams': {
    value: 'COUNT',
    variable: 'PARLEY_EVENT_STREAMS',
    help: 'Streams of /controller/events. Default: 2000.',
  },
  'event-streams-per-address': {
    value: 'COUNT',
    variable: 'PARLEY_EVENT_STREAMS_PER_ADDRESS',
    help: 'Streams of /controller/events to one address. Default: 32.',
  },
  'address-share': {
    value: 'PERCENT',
    variable: 'PARLEY_ADDRESS_SHARE',
    help: 'Part of each of these limits that one address may use.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

const logFlags = {
  'log-level': {
    value: 'debug|info|warn|error',
    variable: 'PARLEY_LOG_LEVEL',
    help: 'The least important level that is logged. Default: info.',
  },
  'log-format': {
    value: 'json|text',
    variable: 'PARLEY_LOG_FORMAT',
    help: 'JSON lines, or lines of text for people. Default: json.',
  },
  'log-requests': {
    variable: 'PARLEY_LOG_REQUESTS',
    help: 'Logs every request: method, kind of address, status, milliseconds, bytes.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

const metricsFlags = {
  'metrics-port': {
    value: 'PORT',
    variable: 'PARLEY_METRICS_PORT',
    help: 'Answers /metrics at a separate port, without a token. Default: none.',
  },
  'metrics-host': {
    value: 'NAME',
    variable: 'PARLEY_METRICS_HOST',
    help: 'Where that port listens. Default: localhost.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

const natsFlags = {
  relays: {
    value: 'URLS',
    variable: 'PARLEY_RELAYS',
    help: 'Base URLs of all servers of the group, including this one, separated by commas.',
  },
  nats: {
    value: 'URLS',
    variable: 'NATS_URL',
    help: 'Shares agents with every other server at this NATS, such as nats://localhost:4222.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

/** The flags of a server of a group, beside the URL of NATS. */
export const groupFlags = {
  'nats-creds': { value: 'FILE', variable: 'NATS_CREDS', help: 'Credentials for NATS (a JWT and its seed).' },
  'nats-nkey': { value: 'FILE', variable: 'NATS_NKEY', help: 'An nkey seed for NATS, in place of credentials.' },
  'nats-ca': { value: 'FILE', variable: 'NATS_CA', help: 'CA of the certificate of NATS, in PEM.' },
  'nats-cert': { value: 'FILE', variable: 'NATS_CERT', help: 'Client certificate for NATS, in PEM.' },
  'nats-key': { value: 'FILE', variable: 'NATS_KEY', help: 'Key of the client certificate, in PEM.' },
  'new-group': { variable: 'PARLEY_NEW_GROUP', help: 'Once: starts an empty group at NATS with an existing CA.' },
  'adopt-group': {
    variable: 'PARLEY_ADOPT_GROUP',
    help: 'Once: imports records at NATS that an earlier version wrote without authentication.',
  },
} as const satisfies Readonly<Record<string, ServerFlag>>;

/** Every flag of a server. Tokens are never flags. */
export const serverFlags = {
  ...addressFlags,
  ...dataFlags,
  ...accessFlags,
  ...limitFlags,
  ...logFlags,
  ...metricsFlags,
  ...natsFlags,
  ...groupFlags,
} as const satisfies Readonly<Record<string, ServerFlag>>;

/** The flags of a server under the headings of its help. */
export const serverFlagGroups: Readonly<Record<string, FlagTable>> = {
  'Address:': addressFlags,
  'Data:': dataFlags,
  'Access:': accessFlags,
  'Limits:': limitFlags,
  'Log:': logFlags,
  'Metrics:': metricsFlags,
  'Several servers:': { ...natsFlags, ...groupFlags },
};
