import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { Bytes } from '../src/protocol/bytes.ts';
import type { Kem } from '../src/protocol/crypto/kem.ts';
import { nobleKem } from '../src/protocol/crypto/noble-kem.ts';
import { platformKem } from '../src/protocol/crypto/platform-kem.ts';

const node = globalThis.process?.getBuiltinModule?.('node:crypto');

/** One raw operation, ready to be done again with the arguments it had. */
export type RawOperation = () => unknown;

/** The cryptography the protocol is handed. */
export interface Cryptography {
  readonly subtle: SubtleCrypto;
  readonly kem: Kem;
}

/** The platform's cryptography, and the same with every raw operation recorded. */
export interface RecordingPlatform {
  readonly plain: Cryptography;
  readonly recording: Cryptography;
  /** Runs `body` and gives the raw operations it made, in their order. */
  record(body: () => Promise<unknown>): Promise<readonly RawOperation[]>;
}

/** This platform, with the library's ML-KEM-768 where it has none. */
export async function recordingPlatform(random: (length: number) => Bytes): Promise<RecordingPlatform> {
  let recorded: RawOperation[] | undefined;
  const { subtle } = crypto;
  const recordingSubtle = new Proxy(subtle, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]): unknown => {
        if (recorded !== undefined) {
          // The protocol overwrites its secrets after use, and the repetition needs them.
          const args = given.map(copied);
          recorded.push(synchronous(name, args) ?? (() => Reflect.apply(method, target, args)));
        }
        return Reflect.apply(method, target, given);
      };
    },
  });
  return {
    plain: { subtle, kem: (await platformKem(subtle)) ?? nobleKem(random) },
    recording: {
      subtle: recordingSubtle,
      kem: (await platformKem(recordingSubtle)) ?? recordingNoble(random, (operation) => recorded?.push(operation)),
    },
    async record(body) {
      const operations: RawOperation[] = [];
      recorded = operations;
      try {
        await body();
      } finally {
        recorded = undefined;
      }
      return operations;
    },
  };
}

/** Node's synchronous form of a hash: it needs no secret, so nothing has to wait for another thread. */
function synchronous(method: string | symbol, [algorithm, data]: readonly unknown[]): RawOperation | undefined {
  if (node === undefined || method !== 'digest' || algorithm !== 'SHA-256' || !(data instanceof Uint8Array)) {
    return undefined;
  }
  return () => node.hash('sha256', data, 'buffer');
}

/** A copy of an argument with copies of the bytes in it; keys are kept. */
function copied(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value !== 'object' || value === null || value instanceof CryptoKey || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
}

/** The product's adapter of the library; what is recorded is the library's own three calls. */
function recordingNoble(random: (length: number) => Bytes, record: (operation: RawOperation) => void): Kem {
  const kem = nobleKem(random);
  const seed = random(64);
  const message = random(32);
  const pair = ml_kem768.keygen(seed);
  return {
    implementation: kem.implementation,
    async generate() {
      record(() => ml_kem768.keygen(seed));
      const made = await kem.generate();
      return {
        encapsulationKey: made.encapsulationKey,
        decapsulate(ciphertext) {
          record(() => ml_kem768.decapsulate(ciphertext, pair.secretKey));
          return made.decapsulate(ciphertext);
        },
      };
    },
    encapsulate(encapsulationKey) {
      record(() => ml_kem768.encapsulate(encapsulationKey, message));
      return kem.encapsulate(encapsulationKey);
    },
  };
}
