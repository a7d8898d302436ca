import type { GenerateRsa } from '../../agent/contracts/ports.ts';
import { generated } from '../../protocol/crypto/key-generation.ts';

const uses = { signing: ['sign', 'verify'], encryption: ['encrypt', 'decrypt'] } as const;
const algorithms = { signing: 'RSA-PSS', encryption: 'RSA-OAEP' } as const;
/** The smallest accepted size (protocol page, section 2): the lab makes many agents, and their keys guard nothing. */
const bits = 2_048;

type Use = keyof typeof uses;

/** RSA pairs that are made once and used by every run of the lab. */
export class KeyPool {
  readonly #pairs = new Map<string, Promise<CryptoKeyPair>>();

  /** Returns how an agent called `owner` makes its keys. They are non-extractable. */
  generatorFor(owner: string): GenerateRsa {
    return (use) => this.#pair(owner, use, false);
  }

  /** HAZARD: returns a generator of extractable keys, for the one scenario in which they are stolen. */
  hazardousExtractableGeneratorFor(owner: string): GenerateRsa {
    return (use) => this.#pair(owner, use, true);
  }

  #pair(owner: string, use: Use, extractable: boolean): Promise<CryptoKeyPair> {
    const name = `${owner} ${use} ${extractable}`;
    let pair = this.#pairs.get(name);
    if (pair === undefined) {
      pair = generated(() =>
        crypto.subtle.generateKey(
          {
            name: algorithms[use],
            modulusLength: bits,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-256',
          },
          extractable,
          uses[use],
        ),
      );
      this.#pairs.set(name, pair);
    }
    return pair;
  }
}
