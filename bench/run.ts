import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchInChromium } from './chromium.ts';
import type { Row } from './measure.ts';
import { runSuite } from './suite.ts';

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
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
