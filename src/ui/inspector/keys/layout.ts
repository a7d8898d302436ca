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

/** The two columns of a narrow drawing; the lines run down between and beside them. */
const half = { left: 6, right: 50, width: 40 } as const;
const indent = 7;
/** Where the lines beside the columns run: the transcript's outside, the secrets' inside. */
export const rails = { left: 2, right: 98, secrets: 94 } as const;

/** Returns a place in one of the two columns of a narrow drawing. */
export function halfSpot(side: 'left' | 'right', row: number): Spot {
  return { x: half[side], width: half.width, row };
}

/** Returns a derivation of a narrow drawing: the lines to its keys begin at its lower left. */
export function derivationSpot(side: 'left' | 'right', row: number): Spot {
  return { ...halfSpot(side, row), rail: half[side] + indent / 2 };
}

/** Returns the inputs of a narrow drawing: each secret beside what it comes from, one row each, from `row` down. */
export function narrowInputs(
  inputs: readonly (readonly [from: NodeId, secret: NodeId])[],
  row: number,
): readonly (readonly [NodeId, Spot])[] {
  return inputs.flatMap(([from, secret], i): [NodeId, Spot][] => [
    [from, halfSpot('left', row + i)],
    [secret, { ...halfSpot('right', row + i), rail: rails.secrets }],
  ]);
}

/** Returns the keys under a derivation of a narrow drawing, from `row` down. */
export function narrowOutputs(
  outputs: readonly NodeId[],
  side: 'left' | 'right',
  row: number,
): readonly (readonly [NodeId, Spot])[] {
  return outputs.map((id, i) => [id, { x: half[side] + indent, width: half.width - indent, row: row + i }]);
}

type Point = readonly [x: number, y: number];

/**
 * Returns the corners of the line from a node to one that is computed from it, in a narrow drawing: along a row, or
 * down the rail of the first. X is in hundredths of the width, y in pixels.
 */
export function cornersOf(from: Spot, to: Spot): readonly Point[] {
  if (from.row === to.row) return [side(from, to.x), side(to, from.x)];
  const overlap = [Math.max(from.x, to.x), Math.min(from.x + from.width, to.x + to.width)] as const;
  const rail = from.rail ?? (overlap[0] < overlap[1] ? (overlap[0] + overlap[1]) / 2 : to.x + to.width / 2);
  const start: readonly Point[] = spans(from, rail) ? [] : [side(from, rail)];
  const end: readonly Point[] = spans(to, rail) ? [] : [side(to, rail)];
  const top = spans(from, rail) ? from.row * rowHeight + nodeHeight : middle(from);
  const bottom = spans(to, rail) ? to.row * rowHeight : middle(to);
  return [...start, [rail, top], [rail, bottom], ...end];
}

const spans = ({ x, width }: Spot, at: number) => at >= x && at <= x + width;
const middle = ({ row }: Spot) => row * rowHeight + nodeHeight / 2;
/** The middle of the edge that looks towards `at`. */
const side = (spot: Spot, at: number): Point => [at < spot.x ? spot.x : spot.x + spot.width, middle(spot)];
