/** One line of a chart: its name, how it is drawn, and its points. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly isDashed?: boolean;
  readonly points: readonly (readonly [members: number, value: number])[];
}

/** What is drawn into one frame, both axes logarithmic. */
interface Frame {
  readonly title: string;
  readonly lines: readonly Line[];
}

const size = { width: 420, height: 300, left: 80, right: 16, top: 40, bottom: 84 } as const;
const plot = {
  width: size.width - size.left - size.right,
  height: size.height - size.top - size.bottom,
} as const;

/** Returns frames beside each other as an SVG, to be read on white and on black. */
export function chartOf(frames: readonly Frame[]): string {
  const width = frames.length * size.width;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size.height}" width="${width}" height="${size.height}" font-family="sans-serif" font-size="12" fill="#777">`,
    `<title>${frames.map(({ title }) => title).join('; ')}</title>`,
    ...frames.map((frame, place) => `<g transform="translate(${place * size.width} 0)">${frameOf(frame)}</g>`),
    '</svg>',
    '',
  ].join('\n');
}

function frameOf({ title, lines }: Frame): string {
  const points = lines.flatMap((line) => line.points);
  const across = scaleOf(
    points.map(([members]) => members),
    2,
    size.left,
    plot.width,
  );
  const up = scaleOf(
    points.map(([, value]) => value),
    10,
    size.top + plot.height,
    -plot.height,
  );
  return [
    `<text x="${size.left}" y="20" font-weight="bold">${title}</text>`,
    ...[...new Set(points.map(([members]) => members))].map(
      (members) =>
        `<text x="${across(members)}" y="${size.top + plot.height + 18}" text-anchor="middle">${members}</text>`,
    ),
    ...powersWithin(points.map(([, value]) => value)).map(
      (value) =>
        `<text x="${size.left - 8}" y="${up(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text><path d="M${size.left} ${up(value)}h${plot.width}" stroke="#777" stroke-opacity=".3"/>`,
    ),
    ...lines.map((line, place) => lineOf(line, place, across, up)),
  ].join('\n');
}

function lineOf(
  { name, colour, isDashed, points }: Line,
  place: number,
  across: (members: number) => number,
  up: (value: number) => number,
): string {
  const path = points.map(([members, value]) => `${across(members)} ${up(value)}`).join('L');
  const stroke = `stroke="${colour}" stroke-width="2"${isDashed === true ? ' stroke-dasharray="6 4"' : ''}`;
  const [x, y] = [size.left + (place % 2) * 170, size.top + plot.height + 44 + Math.floor(place / 2) * 18];
  return `<path d="M${path}" fill="none" ${stroke}/><path d="M${x} ${y - 4}h24" ${stroke}/><text x="${x + 30}" y="${y}">${name}</text>`;
}

/** Returns where a value stands on an axis that begins at `from` and is `length` long, from the power of `base` below all values to that above. */
function scaleOf(values: readonly number[], base: number, from: number, length: number): (value: number) => number {
  const log = (value: number) => Math.log(value) / Math.log(base);
  const lowest = Math.floor(log(Math.min(...values)));
  const highest = Math.max(lowest + 1, Math.ceil(log(Math.max(...values))));
  return (value) => Math.round(from + (length * (log(value) - lowest)) / (highest - lowest));
}

/** Returns the powers of ten from the one below all values to the one above. */
function powersWithin(values: readonly number[]): readonly number[] {
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: highest - lowest + 1 }, (_, power) => 10 ** (lowest + power));
}
