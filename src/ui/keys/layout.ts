import type { NodeId } from './schedule-model.ts';

/** Where a node stands when there is room: its left edge and width in hundredths of the width, its row. */
export interface Spot {
  readonly x: number;
  readonly width: number;
  readonly row: number;
}

const column = { keys: 0, secrets: 22, ikm: 45, hkdf: 60, out: 79 } as const;
const wide = 19;
const outputs: readonly NodeId[] = [
  'client_handshake_key',
  'server_handshake_key',
  'client_key',
  'server_key',
  'client_iv',
  'server_iv',
  'hmac_key',
  'resumption',
  'update',
  'exporter',
];
const transcript: readonly NodeId[] = ['th0', 'th1', 'th2', 'th3'];
const inputs: readonly (readonly [key: NodeId, secret: NodeId])[] = [
  ['server_rsa', 'client_session_key'],
  ['client_rsa', 'server_session_key'],
  ['x25519_pairs', 'x25519_secret'],
  ['ml_kem_pair', 'ml_kem_secret'],
];

/** Pixels of a row and of a node in it. */
export const rowHeight = 48;
export const nodeHeight = 40;
/** Rows of the whole graph. */
export const rows = 11.5;

/** The place of every node: the transcript along the top, from the keys at the left to the keys at the right. */
export const spots: ReadonlyMap<NodeId, Spot> = new Map<NodeId, Spot>([
  ...transcript.map((id, i): [NodeId, Spot] => [id, { x: 14.5 * i, width: 12, row: 0 }]),
  ['th_keys', { x: 61, width: 12, row: 1 }],
  ...inputs.flatMap(([key, secret], i): [NodeId, Spot][] => [
    [key, { x: column.keys, width: wide, row: 3 + 2 * i }],
    [secret, { x: column.secrets, width: wide, row: 3 + 2 * i }],
  ]),
  ['ikm', { x: column.ikm, width: 8, row: 6 }],
  ['handshake_hkdf', { x: column.hkdf, width: 14, row: 2.5 }],
  ['session_hkdf', { x: column.hkdf, width: 14, row: 7 }],
  ...outputs.map((id, i): [NodeId, Spot] => [id, { x: column.out, width: 100 - column.out, row: 1.25 + i }]),
]);
