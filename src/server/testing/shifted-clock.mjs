// Loaded with --import into a process whose clock is to be wrong: by as many milliseconds as the file of PARLEY_CLOCK_SHIFT says now.
import { readFileSync } from 'node:fs';

const file = process.env.PARLEY_CLOCK_SHIFT ?? '';
const { now } = Date;
const shifted = () => now() + Number(readFileSync(file, 'utf8'));

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [shifted()] : given, made),
});
globalThis.Date.now = shifted;
