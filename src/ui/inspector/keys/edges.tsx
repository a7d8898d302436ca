import { cornersOf, nodeHeight, rowHeight } from './layout.ts';
import type { NodeId, Schedule, Spot } from './schedule-model.ts';

/** How a node stands to the selected one. */
export type Tone = 'plain' | 'selected' | 'from' | 'to' | 'dim';

interface EdgesProps {
  readonly schedule: Schedule;
  /** Which of the two drawings the lines are for; the style sheet shows the one that has room. */
  readonly width: 'wide' | 'narrow';
  readonly toneOf: (id: NodeId) => Tone;
  readonly came: ReadonlySet<NodeId>;
}

/** Shows lines from what a node is computed from to the node. */
export function Edges({ schedule, width, toneOf, came }: EdgesProps) {
  const { spots, rows } = schedule[width];
  const line = width === 'wide' ? curve : corners;
  return (
    <svg
      className="keys-edges"
      data-width={width}
      viewBox={`0 0 100 ${rows * rowHeight}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {schedule.nodes.flatMap((node) =>
        node.from.map((parent) => {
          const [a, b] = [spots.get(parent), spots.get(node.id)];
          if (a === undefined || b === undefined) return null;
          return (
            <path
              key={`${parent} ${node.id}`}
              data-edge={`${parent} ${node.id}`}
              d={line(a, b)}
              data-tone={edgeTone(toneOf(parent), toneOf(node.id))}
              data-missing={!came.has(node.id)}
            />
          );
        }),
      )}
    </svg>
  );
}

function edgeTone(...ends: readonly Tone[]): Tone {
  return (['dim', 'to', 'plain'] as const).find((tone) => ends.includes(tone)) ?? 'from';
}

function corners(a: Spot, b: Spot): string {
  return `M${cornersOf(a, b)
    .map(([x, y]) => `${x} ${y}`)
    .join(' L')}`;
}

function curve(a: Spot, b: Spot): string {
  const [y1, y2] = [a.row * rowHeight + nodeHeight / 2, b.row * rowHeight + nodeHeight / 2];
  // A transcript hash enters a derivation from above.
  if (a.row <= 1 && b.row >= 2) {
    const [x1, x2] = [a.x + a.width / 2, b.x + b.width / 2];
    const [top, bottom] = [a.row * rowHeight + nodeHeight, b.row * rowHeight];
    return `M${x1} ${top} C${x1} ${(top + bottom) / 2} ${x2} ${(top + bottom) / 2} ${x2} ${bottom}`;
  }
  const [x1, x2] = [a.x + a.width, b.x];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}
