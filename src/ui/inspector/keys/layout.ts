import type { NodeId, Spot } from './schedule-model.ts';

const column = { keys: 0, secrets: 22, out: 79 } as const;
const wide = 19;

/** Pixels of a row and of a node in it. */
export const rowHeight = 48;
export const nodeHeight = 40;

/** Returns the left side: each secret beside what it comes from, two rows apart, from `row` down. */
export function inputSpots(
  inputs: readonly (readonly [from: NodeId, secret: NodeId])[],
  row: number,
): readonly (readonly [NodeId, Spot])[] {
  return inputs.flatMap(([from, secret], i): [NodeId, Spot][] => [
    [from, { x: column.keys, width: wide, row: row + 2 * i }],
    [secret, { x: column.secrets, width: wide, row: row + 2 * i }],
  ]);
}

/** Returns the right side: one key under the other, from `row` down. */
export function outputSpots(outputs: readonly NodeId[], row: number): readonly (readonly [NodeId, Spot])[] {
  return outputs.map((id, i) => [id, { x: column.out, width: 100 - column.out, row: row + i }]);
}
