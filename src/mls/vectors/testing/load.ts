import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { Bytes } from '../../bytes.ts';
import type { CipherSuite } from '../../crypto/cipher-suite.ts';
import { cipherSuite } from '../../crypto/suites.ts';
import { MlsError } from '../../errors.ts';

/** One case of a file of vectors. */
export interface VectorCase<T = unknown> {
  readonly file: string;
  readonly index: number;
  readonly value: T;
}

const official = join(import.meta.dirname, '..', 'official');
/** Where further files are, in whatever folders below it. */
const further = process.env.MLS_VECTORS;

/**
 * Returns the cases of one kind: of every file whose name is the kind, or begins with it before a dot or a hyphen. `passive-client`
 * takes all kinds of passive clients. Throws when there is none at all.
 */
export function vectorCases(kind: string): readonly VectorCase[] {
  const found = vectorFiles()
    .filter((path) => isOfKind(path, kind))
    .flatMap(readCases);
  if (found.length === 0) throw new Error(`There are no vectors of the kind ${kind}.`);
  return found;
}

/** Returns the paths of the official files and of the further ones. */
export function vectorFiles(): readonly string[] {
  const folders = further === undefined || further === '' ? [official] : [official, further];
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.json'))
      .sort()
      .map((path) => join(folder, path)),
  );
}

/** True for a file whose name is the kind, or begins with it before a dot or a hyphen; `_` is as good as a hyphen. */
export function isOfKind(path: string, kind: string): boolean {
  const name = `${basename(path, '.json')}.`.replaceAll('_', '-');
  const wanted = kind.replaceAll('_', '-');
  return name.startsWith(`${wanted}.`) || name.startsWith(`${wanted}-`);
}

/** A number of the file that may be more than a JavaScript number can say exactly: it is read as a string. */
const longNumber = /([:[,]\s*)(\d{16,20})(\s*[,}\]])/g;

function readCases(path: string): readonly VectorCase[] {
  const text = readFileSync(path, 'utf8').replace(longNumber, '$1"$2"$3');
  const values = v.parse(v.array(v.unknown()), JSON.parse(text));
  return values.map((value, index) => ({ file: basename(path), index, value }));
}

/** Bytes as these files write them. */
export const hex = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{2})*$/i),
  v.transform((text): Bytes => Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))),
);

/** A whole number of up to eight bytes. */
export const u64 = v.pipe(
  v.union([v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.digits())]),
  v.transform((value): bigint => BigInt(value)),
);

/** How many cases passed, and for which suites some do not apply here. */
export interface Tally {
  readonly passed: number;
  readonly notApplicable: Readonly<Record<string, number>>;
}

/**
 * Runs `check` on every case of a kind that has a suite, which this platform may lack: such a case is counted under the suite's
 * number. Prints the tally and returns it. What a check throws names the case.
 */
export async function checkSuiteVectors<const Entries extends v.ObjectEntries>(
  kind: string,
  entries: Entries,
  check: (value: v.InferOutput<v.ObjectSchema<Entries, undefined>>, suite: CipherSuite) => void | Promise<void>,
): Promise<Tally> {
  const schema = v.object(entries);
  const notApplicable: Record<string, number> = {};
  let passed = 0;
  for (const { file, index, value } of vectorCases(kind)) {
    const id = v.parse(v.object({ cipher_suite: v.number() }), value).cipher_suite;
    const suite = await suiteHere(id);
    if (suite === undefined) {
      notApplicable[`suite ${id}`] = (notApplicable[`suite ${id}`] ?? 0) + 1;
      continue;
    }
    try {
      await check(v.parse(schema, value), suite);
    } catch (cause) {
      throw new Error(`Case ${index} of ${file}, suite ${id}, fails.`, { cause });
    }
    passed++;
  }
  console.info(`${kind}: ${passed} cases passed; not applicable: ${JSON.stringify(notApplicable)}`);
  return { passed, notApplicable };
}

/** Returns a suite, or `undefined` where this implementation or the platform has none of that number. */
async function suiteHere(id: number): Promise<CipherSuite | undefined> {
  try {
    return await cipherSuite(id);
  } catch (cause) {
    if (cause instanceof MlsError && cause.code === 'unsupported_cipher_suite') return undefined;
    throw cause;
  }
}
