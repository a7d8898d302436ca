import { type Bytes, concat, toHex } from '../../../protocol/bytes.ts';
import { decodeBase64 } from '../../../protocol/wire/base64.ts';
import type { GroupRows } from '../rows/group-rows.ts';

const prefix = 'certificate/';
/** Certificates that are kept, some 2 KiB each: those of 16 groups of the largest size. Others are fetched again. */
const mostKept = 4_096;

/** The certificates that vouch for leaves, kept with the groups: the Controller need not be asked for one twice. */
export class KeptCertificates {
  readonly #rows: Pick<GroupRows, 'read' | 'all' | 'write'>;
  readonly #known = new Map<string, Bytes>();
  #kept: number | undefined;

  constructor(rows: Pick<GroupRows, 'read' | 'all' | 'write'>) {
    this.#rows = rows;
  }

  /** Returns the DER of a certificate that was kept, by its SHA-256 in base64. */
  async find(hash: string): Promise<Bytes | undefined> {
    const known = this.#known.get(hash) ?? (await this.#stored(hash));
    if (known !== undefined) this.#remember(hash, known);
    return known;
  }

  /** Keeps certificates, in one transaction. Past 4,096 they stay in memory, in place of the oldest there. */
  async keep(certificates: ReadonlyMap<string, Bytes>): Promise<void> {
    const room = mostKept - (await this.#count());
    const put = [...certificates].slice(0, Math.max(0, room));
    if (put.length > 0) {
      await this.#rows.write({
        put: put.map(([hash, der]) => ({ group: '', part: partOf(hash), bytes: encodeCertificate(der) })),
        drop: [],
      });
      this.#kept = (this.#kept ?? 0) + put.length;
    }
    for (const [hash, der] of certificates) this.#remember(hash, der);
  }

  async #stored(hash: string): Promise<Bytes | undefined> {
    const row = await this.#rows.read('', partOf(hash));
    return row === undefined ? undefined : decodeCertificate(row);
  }

  async #count(): Promise<number> {
    if (this.#kept === undefined) {
      let kept = 0;
      for await (const _ of this.#rows.all('', prefix)) kept += 1;
      this.#kept = kept;
    }
    return this.#kept;
  }

  #remember(hash: string, der: Bytes): void {
    this.#known.delete(hash);
    this.#known.set(hash, der);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
  }
}

function partOf(hash: string): string {
  return `${prefix}${toHex(decodeBase64(hash))}`;
}

const version = Uint8Array.of(1);

/** Returns the bytes of a row: its version, and the DER. */
export function encodeCertificate(der: Bytes): Bytes {
  return concat(version, der);
}

/** Returns the DER in a row; undefined for one of another version, which is fetched again. */
export function decodeCertificate(row: Bytes): Bytes | undefined {
  return row[0] === version[0] ? row.slice(1) : undefined;
}
