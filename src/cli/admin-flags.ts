import type { FlagTable } from '../server/options/flags.ts';

const json = { json: { help: 'Prints one object in place of sentences.' } } as const satisfies FlagTable;

/** The flags of `parley admin backup`: those of the server that say where its files are. */
export const backupFlags = {
  data: { value: 'FOLDER', variable: 'PARLEY_DATA', help: "The server's data folder. Default: .parley." },
  ca: { value: 'FILE', variable: 'PARLEY_CA', help: 'Its CA. Default: ca.pem in the data folder.' },
  nats: {
    value: 'URLS',
    variable: 'NATS_URL',
    help: 'As the server has it: the records of a group are not in a folder.',
  },
  ...json,
} as const satisfies FlagTable;

/** The flags of `parley admin restore`. */
export const restoreFlags = {
  ...backupFlags,
  replace: { help: 'Sets a database and a CA aside that are there already. They are renamed, not deleted.' },
} as const satisfies FlagTable;

/** The flags of every command that asks a running server. */
const serverFlags = {
  controller: {
    value: 'URL',
    variable: 'PARLEY_CONTROLLER',
    help: 'Base URL of the server. Default: http://localhost:4173.',
  },
  'token-file': {
    value: 'FILE',
    help: 'The operator token (or PARLEY_OPERATOR_TOKEN). Default: operator-token in the data folder.',
  },
  data: {
    value: 'FOLDER',
    variable: 'PARLEY_DATA',
    help: "The server's data folder, on its machine. Default: .parley.",
  },
  trust: { value: 'FILE', help: "TLS certificate to trust besides the system's, in PEM." },
  ...json,
} as const satisfies FlagTable;

export const statusFlags = serverFlags;

/** The flags of `parley admin agents`. */
export const agentsFlags = {
  filter: { value: 'TEXT', help: 'Agents whose agent_id holds this.' },
  state: { value: 'STATE', help: 'Agents that are active, revoked, online, offline or expired.' },
  limit: { value: 'COUNT', help: 'Agents of a page, up to 500. Default: 100.' },
  after: { value: 'AGENT_ID', help: 'Continues after this agent.' },
  ...serverFlags,
} as const satisfies FlagTable;

/** The flags of `parley admin revoke`. */
export const revokeFlags = {
  reason: {
    value: 'REASON',
    help: 'keyCompromise, affiliationChanged, cessationOfOperation or privilegeWithdrawn. Default: privilegeWithdrawn.',
  },
  yes: { help: 'Revokes without a question.' },
  ...serverFlags,
} as const satisfies FlagTable;

/** The flags of `parley admin tokens make`. */
export const makeTokenFlags = {
  expires: { value: 'TIME', help: 'When it ends, such as 90m, 12h or 30d from now. Default: never.' },
  uses: { value: 'COUNT', help: 'New agents that it admits, up to 1000. Default: any number.' },
  ...serverFlags,
} as const satisfies FlagTable;
