import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as v from 'valibot';

/** What is checked in of each version: its folder is named for the commit that wrote it. */
const golden = (name: string) => new URL(`golden/${name}`, import.meta.url);

const head = v.object({ length: v.number(), hash: v.string() });
const exchanges = v.array(v.record(v.string(), v.unknown()));
const facts = v.object({
  at: v.number(),
  digits: v.string(),
  heads: v.optional(v.object({ traveller: head, helper: head })),
  disclosed: v.optional(v.array(v.number()), []),
  history: v.optional(v.object({ traveller: exchanges, helper: exchanges, nobody: exchanges })),
});

/** What was true of a version's two agents when it stopped them. `at` is in milliseconds since 1970. */
export type GoldenFacts = v.InferOutput<typeof facts>;

/** Returns what was true of the agents that a commit stored. */
export async function goldenFacts(commit: string): Promise<GoldenFacts> {
  return v.parse(facts, JSON.parse(await readFile(golden(`${commit}/facts.json`), 'utf8')));
}

/** Returns a file that a commit wrote, unpacked when its name ends in `.gz`. */
export async function goldenFile(commit: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(golden(`${commit}/${name}`));
  return new Uint8Array(name.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes);
}

/** Writes the data folders of a commit's server and agents into `folder`: `server`, `traveller` and `helper`. */
export async function unpackGolden(commit: string, folder: string, withHistory: boolean): Promise<void> {
  await unpack(commit, 'controller', join(folder, 'server', 'controller.db'));
  await copyKey(commit, 'ca.pem', join(folder, 'server', 'ca.pem'));
  for (const name of ['traveller', 'helper']) {
    await unpack(commit, name, join(folder, name, 'agent.db'));
    await copyKey(commit, `${name}-keys.pem`, join(folder, name, 'keys.pem'));
    if (withHistory) await copyKey(commit, `${name}-history.pem`, join(folder, name, 'history.pem'));
  }
}

async function unpack(commit: string, name: string, path: string): Promise<void> {
  await mkdir(join(path, '..'), { mode: 0o700 });
  const database = new DatabaseSync(path);
  database.exec(new TextDecoder().decode(await goldenFile(commit, `${name}.sql.gz`)));
  database.close();
}

async function copyKey(commit: string, name: string, path: string): Promise<void> {
  await writeFile(path, await goldenFile(commit, name), { mode: 0o600 });
}
