import type { FlagTable } from '../server/options/flags.ts';

/** The flags of whatever opens an agent. */
export const identityFlags = {
  id: { value: 'NAME', variable: 'PARLEY_ID', help: 'Its agent_id.' },
  controller: {
    value: 'URL',
    variable: 'PARLEY_CONTROLLER',
    help: 'Base URL of the server. Default: http://localhost:4173.',
  },
  data: {
    value: 'FOLDER',
    variable: 'PARLEY_AGENT_DATA',
    help: 'Keys and conversations of all agents. Default: ~/.parley.',
  },
  'passphrase-file': {
    value: 'FILE',
    help: 'Passphrase that encrypts the keys (or PARLEY_PASSPHRASE). Without one, the mode of the file protects them.',
  },
  'token-file': { value: 'FILE', help: 'Registration token (or PARLEY_REGISTRATION_TOKEN).' },
  trust: { value: 'FILE', help: "TLS certificate to trust besides the system's, in PEM." },
} as const satisfies FlagTable;

/** The flags of an agent that answers at its own address. */
export const listenFlags = {
  listen: {
    value: 'URL',
    help: 'Its own address, such as https://localhost:5001. Default: reached through the relay.',
  },
  'tls-cert': { value: 'FILE', help: 'Certificate for --listen, in PEM. Default: one that the agent makes.' },
  'tls-key': { value: 'FILE', help: 'Key of the certificate, in PEM.' },
  'allow-origin': {
    value: 'URLS',
    variable: 'PARLEY_ALLOW_ORIGIN',
    help: 'For --listen: origins of other sites whose pages may call it, separated by commas.',
  },
} as const satisfies FlagTable;

/** The flags of `parley agent` alone. */
export const serviceFlags = {
  'no-console': { help: 'Runs as a service: reads no input, and stops at SIGTERM.' },
} as const satisfies FlagTable;

/** The flags of `parley send`. */
export const sendFlags = {
  method: { value: 'NAME', help: 'Calls this method; what is sent is JSON then.' },
  timeout: {
    value: 'SECONDS',
    help: 'Gives up after this time, whatever it waits for. The peer may run what it has received by then.',
  },
  output: { value: 'FILE', help: 'Writes the answer into this file, once it has come whole.' },
} as const satisfies FlagTable;

/** The flag of `parley send` for files. */
export const sendFileFlags = {
  file: {
    value: 'FILE',
    isMany: true,
    help: 'Offers this file in place of a text, and waits until it has come whole. May be given several times.',
  },
} as const satisfies FlagTable;

/** The flags of `parley agent` for files. */
export const takeFileFlags = {
  files: { value: 'FOLDER', help: 'Accepts files that peers offer, and stores them in this folder. Default: none.' },
  'files-limit': { value: 'SIZE', help: 'The largest file that is accepted, such as 100MiB. Default: 100MiB.' },
} as const satisfies FlagTable;

/** The flags of `parley send` for a peer that is away. */
export const awayFlags = {
  store: {
    help: 'Where the peer is offline, stores the request for it, encrypted, and ends. It answers when it is back.',
  },
  expires: { value: 'SECONDS', help: 'How long it may be answered. Default: 86400, a day; at most 30 days.' },
} as const satisfies FlagTable;

/** The flags of `parley group send` and `parley group ask`. */
export const groupSendFlags = {
  file: { value: 'FILE', help: 'A file of at most 1 MiB that goes with the message.' },
  timeout: { value: 'SECONDS', help: 'Gives up after this time. Default: 20.' },
} as const satisfies FlagTable;
export const groupAskFlags = {
  method: { value: 'NAME', help: 'Calls this method; what is asked is JSON then.' },
  to: { value: 'MEMBERS', help: 'Asks these members alone, separated by commas.' },
  expires: awayFlags.expires,
  timeout: { value: 'SECONDS', help: 'Waits this long for answers. Default: 20.' },
} as const satisfies FlagTable;

/** The flags of `parley export`. */
export const exportFlags = {
  disclose: { value: 'NUMBERS', help: 'Of a trail: the entries whose content is shown, such as 12,15.' },
  peer: { value: 'AGENT_ID', help: 'Of a history: the conversation with this agent alone.' },
  'export-passphrase-file': {
    value: 'FILE',
    help: 'Of a history: passphrase that encrypts the file (or PARLEY_EXPORT_PASSPHRASE).',
  },
} as const satisfies FlagTable;

/** A flag with a value of a command that opens an agent. `agent`, `send` and `export` take those of the others too, and do nothing with them. */
export type AgentFlag =
  | keyof typeof identityFlags
  | keyof typeof listenFlags
  | keyof typeof sendFlags
  | keyof typeof takeFileFlags
  | Exclude<keyof typeof awayFlags, 'store'>
  | keyof typeof groupSendFlags
  | keyof typeof groupAskFlags
  | keyof typeof exportFlags;

/** Every one of them. */
export const agentFlagNames: readonly AgentFlag[] = [
  'id',
  'controller',
  'data',
  'passphrase-file',
  'token-file',
  'trust',
  'listen',
  'tls-cert',
  'tls-key',
  'allow-origin',
  'method',
  'timeout',
  'output',
  'files',
  'files-limit',
  'expires',
  'file',
  'to',
  'disclose',
  'peer',
  'export-passphrase-file',
];
