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
