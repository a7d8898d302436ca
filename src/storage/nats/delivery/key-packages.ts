import * as v from 'valibot';
import type { StoredKeyPackage } from '../../../delivery/store.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { decodeBase64, encodeBase64 } from '../../../protocol/wire/base64.ts';
import { parsedRecord } from '../../json/record.ts';
import type { SealedKeys } from './sealed-keys.ts';

/** KeyPackages that are written at once. */
const mostAtOnce = 20;

/** Version 1 of which one-time KeyPackages an agent has, by their hashes, the oldest first. */
const packagesV1 = v.array(v.string());

/** The KeyPackages of agents. A one-time one belongs to whoever takes its hash off the list. */
export class KeyPackages {
  readonly #keys: SealedKeys;

  constructor(keys: SealedKeys) {
    this.#keys = keys;
  }

  async add(agentId: string, packages: readonly StoredKeyPackage[], most: number, replace: boolean): Promise<number> {
    for (let from = 0; from < packages.length; from += mostAtOnce) {
      await Promise.all(
        packages
          .slice(from, from + mostAtOnce)
          .map(({ hash, bytes }) => this.#keys.change(keyOf(agentId, hash), () => encodeBase64(bytes))),
      );
    }
    let dropped: readonly string[] = [];
    let left: readonly string[] = [];
    await this.#keys.change(listKey(agentId), (text) => {
      const before = read(text);
      const all = [...new Set([...(replace ? [] : before), ...packages.map(({ hash }) => hash)])];
      left = all.slice(Math.max(0, all.length - most));
      dropped = [...before, ...all].filter((hash) => !left.includes(hash));
      return JSON.stringify(left);
    });
    for (const hash of new Set(dropped)) await this.#keys.delete(keyOf(agentId, hash));
    return left.length;
  }

  async take(agentId: string): Promise<StoredKeyPackage | undefined> {
    for (;;) {
      let hash: string | undefined;
      await this.#keys.change(listKey(agentId), (text) => {
        const [oldest, ...left] = read(text);
        hash = oldest;
        return oldest === undefined ? undefined : JSON.stringify(left);
      });
      if (hash === undefined) return undefined;
      const text = await this.#keys.get(keyOf(agentId, hash));
      await this.#keys.delete(keyOf(agentId, hash));
      if (text !== undefined) return { hash, bytes: decodeBase64(text) };
    }
  }

  async putLastResort(agentId: string, bytes: Bytes | undefined): Promise<void> {
    if (bytes === undefined) await this.#keys.delete(lastResortKey(agentId));
    else await this.#keys.change(lastResortKey(agentId), () => encodeBase64(bytes));
  }

  async lastResort(agentId: string): Promise<Bytes | undefined> {
    const text = await this.#keys.get(lastResortKey(agentId));
    return text === undefined ? undefined : decodeBase64(text);
  }
}

function read(text: string | undefined): readonly string[] {
  return text === undefined ? [] : parsedRecord(packagesV1, text);
}

function listKey(agentId: string): string {
  return `packages.${agentId}`;
}

function lastResortKey(agentId: string): string {
  return `last_resort.${agentId}`;
}

function keyOf(agentId: string, hash: string): string {
  return `package.${agentId}.${hash}`;
}
