import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchInChromium } from './chromium.ts';
import type { Row } from './measure.ts';
import { runSuite } from './suite.ts';
import { benchTrafficList } from './traffic.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

console.log('Times in microseconds. The floor is the same raw cryptographic operations alone, in the same process.');
const rows: Row[] = [];
for (const bench of [benchInChromium, () => runSuite('Node')]) {
  const found = await bench();
  rows.push(...found);
  for (const { name, runtime, median, floor, ratio } of found) {
    console.log(
      `${runtime.padEnd(10)}${name.padEnd(16)}${String(median).padStart(9)} µs   floor ${String(floor).padStart(9)} µs   ratio ${ratio.toFixed(2)}`,
    );
  }
}
const list = await benchTrafficList();
console.log('The traffic list with 10,000 messages in Chromium: milliseconds between frames.');
for (const name of ['scrolling', 'filtering', 'arriving'] as const) {
  const { median, p95 } = list[name];
  console.log(`${name.padEnd(12)}median ${median.toFixed(1).padStart(5)} ms   95% ${p95.toFixed(1).padStart(5)} ms`);
}
console.log(`JavaScript heap of the page ${list.megabytes.toFixed(0)} MB`);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ rows, list }, null, 2)}\n`);
