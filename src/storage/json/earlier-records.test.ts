import { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { archiveV1, toArchiveV1 } from '../stored-archive.ts';
import { retentionV1, toRetentionV1 } from '../stored-history.ts';
import { goldenFile } from '../testing/golden.ts';
import { identityFromJson, identityToJson, verificationFromJson, verificationToJson } from './agent-records.ts';
import { agentFromJson, agentToJson, listFromJson, listToJson } from './controller-records.ts';
import { parsedRecord, recordToJson } from './record.ts';

/** The texts that a query finds in a database that a commit wrote. */
async function textsOf(commit: string, name: string, query: string): Promise<readonly string[]> {
  const database = new DatabaseSync(':memory:');
  database.exec(new TextDecoder().decode(await goldenFile(commit, `${name}.sql.gz`)));
  const texts = database.prepare(query).all();
  database.close();
  return v.parse(v.array(v.object({ text: v.string() })), texts).map(({ text }) => text);
}

/** Each kind of record in JSON: where it stands, and what reads it and writes it again. */
const kinds = [
  ['controller', 'SELECT record AS text FROM agents', (text: string) => agentToJson(agentFromJson(text))],
  ['controller', 'SELECT record AS text FROM lists', (text: string) => listToJson(listFromJson(text))],
  ['helper', 'SELECT record AS text FROM identity', (text: string) => identityToJson(identityFromJson(text))],
  [
    'helper',
    'SELECT record AS text FROM verifications',
    (text: string) => verificationToJson(verificationFromJson(text)),
  ],
  [
    'helper',
    'SELECT record AS text FROM archives',
    (text: string) => recordToJson(toArchiveV1(parsedRecord(archiveV1, text))),
  ],
  [
    'helper',
    'SELECT retention AS text FROM peers',
    (text: string) => recordToJson(toRetentionV1(parsedRecord(retentionV1, text))),
  ],
] as const;

test.each(['0796c7d', '85e23e1', '750e1b7'])(
  'each record that %s wrote is written again to the byte',
  async (commit) => {
    for (const [name, query, again] of kinds) {
      const texts = await textsOf(commit, name, query);
      expect(texts.length, query).toBeGreaterThan(0);
      expect(texts.map(again)).toEqual(texts);
    }
  },
);
