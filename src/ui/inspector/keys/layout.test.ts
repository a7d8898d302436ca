import { describe, expect, test } from 'vitest';
import { cornersOf, nodeHeight, rowHeight } from './layout.ts';
import type { NodeId, Spot } from './schedule-model.ts';
import { schedules } from './schedules.ts';

const drawings = Object.values(schedules).flatMap(({ beginning, nodes, wide, narrow }) => [
  { name: `${beginning}, wide`, nodes, ...wide },
  { name: `${beginning}, narrow`, nodes, ...narrow },
]);

const spotOf = (spots: ReadonlyMap<NodeId, Spot>, id: NodeId): Spot => {
  const spot = spots.get(id);
  if (spot === undefined) throw new TypeError(`${id} has no place.`);
  return spot;
};

const boxOf = ({ x, width, row }: Spot) => ({
  left: x,
  right: x + width,
  top: row * rowHeight,
  bottom: row * rowHeight + nodeHeight,
});

describe.each(drawings)('the drawing of a $name', ({ nodes, spots, rows }) => {
  test('no two of its nodes overlap, and all of them are on it', () => {
    for (const [i, one] of nodes.entries()) {
      const a = boxOf(spotOf(spots, one.id));
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(100);
      expect(a.bottom).toBeLessThanOrEqual(rows * rowHeight);
      for (const other of nodes.slice(i + 1)) {
        const b = boxOf(spotOf(spots, other.id));
        const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(isApart, `${one.id} ${other.id}`).toBe(true);
      }
    }
  });
});

const narrow = Object.values(schedules).map(({ beginning, nodes, narrow: { spots } }) => ({ beginning, nodes, spots }));

describe.each(narrow)('the lines of a narrow $beginning', ({ nodes, spots }) => {
  const lines = nodes.flatMap(({ id, from }) =>
    from.map((parent) => {
      const [a, b] = [spotOf(spots, parent), spotOf(spots, id)];
      return { parent, id, a: boxOf(a), b: boxOf(b), corners: cornersOf(a, b) };
    }),
  );

  test('each begins at the edge of what a node comes from, and ends at the edge of the node', () => {
    const isOnEdge = ([x, y]: readonly [number, number], box: ReturnType<typeof boxOf>) =>
      ((x === box.left || x === box.right) && y > box.top && y < box.bottom) ||
      ((y === box.top || y === box.bottom) && x >= box.left && x <= box.right);
    expect(lines.length).toBeGreaterThan(15);
    for (const { parent, id, a, b, corners } of lines) {
      const [first, last] = [corners[0], corners.at(-1)];
      expect(first && isOnEdge(first, a), `${parent} ${id}`).toBe(true);
      expect(last && isOnEdge(last, b), `${parent} ${id}`).toBe(true);
    }
  });

  test('none runs through another node or out of the drawing', () => {
    for (const { parent, id, corners } of lines) {
      for (const [i, [x1, y1]] of corners.slice(0, -1).entries()) {
        const [x2, y2] = corners[i + 1] ?? [x1, y1];
        expect(x1 === x2 || y1 === y2, `${parent} ${id} is straight`).toBe(true);
        expect(Math.min(x1, x2)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x1, x2)).toBeLessThanOrEqual(100);
        for (const other of nodes) {
          const box = boxOf(spotOf(spots, other.id));
          const isThrough =
            Math.max(x1, x2) > box.left &&
            Math.min(x1, x2) < box.right &&
            Math.max(y1, y2) > box.top &&
            Math.min(y1, y2) < box.bottom;
          expect(isThrough, `${parent} ${id} through ${other.id}`).toBe(false);
        }
      }
    }
  });
});
