import type { CipherSuite } from '../crypto/cipher-suite.ts';

/** A raw operation of a suite. */
export type SuiteOperation =
  | 'deriveKeyPair'
  | 'hpkeInfo'
  | 'hpkeSeal'
  | 'hpkeOpen'
  | 'checkKey'
  | 'sign'
  | 'verify'
  | 'aeadSeal'
  | 'aeadOpen'
  | 'hash'
  | 'mac'
  | 'extract'
  | 'expand';

/** The raw operations of some work: what does each again, with the arguments it had. */
export type RecordedOperations = ReadonlyMap<SuiteOperation, readonly (() => unknown)[]>;

const domainOfFingerprints = new TextEncoder().encode('MLS trace fingerprint');

/** True for what is hashed to show a secret in a trace: no RFC asks for it. */
function isFingerprint(data: unknown): boolean {
  return data instanceof Uint8Array && domainOfFingerprints.every((byte, place) => data[place] === byte);
}

/**
 * Records which raw operations some work does that the RFCs ask for: HPKE with the hash of its `info`, made once for all recipients, and
 * the validation of public keys, signatures, AEAD, hashes, MACs and key derivation. States must be made with its suite: hashes are kept
 * for one suite only.
 */
export class SuiteRecorder {
  /** Does what the given suite does. */
  readonly suite: CipherSuite;
  #kept: Map<SuiteOperation, (() => unknown)[]> | undefined;

  constructor(suite: CipherSuite) {
    const { hpke, aead, signature } = suite;
    this.suite = {
      ...suite,
      hpke: {
        ...hpke,
        deriveKeyPair: this.#told('deriveKeyPair', hpke.deriveKeyPair),
        sealer: (info) => this.#told('hpkeSeal', this.#told('hpkeInfo', hpke.sealer)(info)),
        open: this.#told('hpkeOpen', hpke.open),
        checkPublicKey: this.#told('checkKey', hpke.checkPublicKey),
      },
      signature: {
        ...signature,
        sign: this.#told('sign', signature.sign),
        verify: this.#told('verify', signature.verify),
      },
      aead: { ...aead, seal: this.#told('aeadSeal', aead.seal), open: this.#told('aeadOpen', aead.open) },
      hash: this.#told('hash', suite.hash),
      mac: this.#told('mac', suite.mac),
      extract: this.#told('extract', suite.extract),
      expand: this.#told('expand', suite.expand),
    };
  }

  /** Does some work and returns its raw operations. */
  async record(work: () => Promise<unknown>): Promise<RecordedOperations> {
    const kept = new Map<SuiteOperation, (() => unknown)[]>();
    this.#kept = kept;
    try {
      await work();
    } finally {
      this.#kept = undefined;
    }
    return kept;
  }

  #told<Given extends readonly unknown[], Result>(
    operation: SuiteOperation,
    method: (...given: Given) => Result,
  ): (...given: Given) => Result {
    return (...given) => {
      if (this.#kept !== undefined && !isFingerprint(given[0])) {
        // What the library overwrites after use the repetition still needs.
        const args = given.map((value) => (value instanceof Uint8Array ? value.slice() : value));
        const sameKind = this.#kept.get(operation) ?? [];
        this.#kept.set(operation, sameKind);
        sameKind.push(() => Reflect.apply(method, undefined, args));
      }
      return method(...given);
    };
  }
}

/** Returns how many of each raw operation there are. */
export function countsOf(recorded: RecordedOperations): Readonly<Record<SuiteOperation, number>> {
  const of = (operation: SuiteOperation): number => recorded.get(operation)?.length ?? 0;
  return {
    deriveKeyPair: of('deriveKeyPair'),
    hpkeInfo: of('hpkeInfo'),
    hpkeSeal: of('hpkeSeal'),
    hpkeOpen: of('hpkeOpen'),
    checkKey: of('checkKey'),
    sign: of('sign'),
    verify: of('verify'),
    aeadSeal: of('aeadSeal'),
    aeadOpen: of('aeadOpen'),
    hash: of('hash'),
    mac: of('mac'),
    extract: of('extract'),
    expand: of('expand'),
  };
}
