import { type Bytes, concat, fromHex } from '../../bytes.ts';

const p = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function withSign(y: Bytes): Bytes {
  const other = y.slice();
  other[31] = (other[31] ?? 0) | 0x80;
  return other;
}

const order8 = [
  fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
  fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
];
const smallOrder = [littleEndian(0n), littleEndian(1n), littleEndian(p - 1n), ...order8];
const notCanonical = Array.from({ length: 19 }, (_, i) => littleEndian(p + BigInt(i)));

/** Encodings that are no session signing key: of points of small order, with a y of at least p, and of no point at all. */
export const weakKeys: readonly (readonly [name: string, key: Bytes])[] = [
  ...smallOrder.flatMap((y, i) => [
    [`small order ${i}`, y] as const,
    [`small order ${i}, the other x`, withSign(y)] as const,
  ]),
  ...notCanonical.flatMap((y, i) => [
    [`y = p + ${i}`, y] as const,
    [`y = p + ${i}, the other x`, withSign(y)] as const,
  ]),
  ['a y of no point', littleEndian(2n)],
  ['too short', littleEndian(3n).slice(0, 31)],
];

/** Signatures that some platforms take for valid under one of `weakKeys`, whatever was signed. */
export const constantSignatures: readonly Bytes[] = [
  concat(littleEndian(1n), littleEndian(0n)),
  concat(littleEndian(1n), littleEndian(order)),
  concat(littleEndian(p + 1n), littleEndian(0n)),
  concat(littleEndian(p - 1n), littleEndian(0n)),
];

/** An ordinary pair whose seed is known, so that signatures can be made that no platform makes. */
export interface OpenPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: Bytes;
  /** Signatures over `data` that RFC 8032 does not allow, though whoever holds the seed made them. */
  forgeries(data: Bytes): Promise<readonly (readonly [name: string, signature: Bytes])[]>;
}

/** Makes an ordinary pair from a fixed seed. */
export async function openPair(): Promise<OpenPair> {
  const seed = new Uint8Array(32).fill(7);
  const pkcs8 = concat(fromHex('302e020100300506032b657004220420'), seed);
  const { subtle } = crypto;
  const privateKey = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x = '' } = await subtle.exportKey('jwk', privateKey);
  const publicKey = Uint8Array.from(atob(x.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const secret = new Uint8Array(await subtle.digest('SHA-512', seed)).subarray(0, 32);
  secret[0] = (secret[0] ?? 0) & 248;
  secret[31] = ((secret[31] ?? 0) & 63) | 64;
  return {
    privateKey,
    publicKey,
    async forgeries(data) {
      const challenge = async (r: Bytes) =>
        numberOf(new Uint8Array(await subtle.digest('SHA-512', concat(r, publicKey, data)))) % order;
      // With a nonce of 0, R is the identity and S = k a: the equation of a verification holds.
      const withR = async (r: Bytes) => concat(r, littleEndian(((await challenge(r)) * numberOf(secret)) % order));
      const genuine = new Uint8Array(await subtle.sign('Ed25519', privateKey, data));
      const s = numberOf(genuine.subarray(32));
      const points = [...weakKeys].filter(([, point]) => point.length === 32);
      return [
        ...(await Promise.all(points.map(async ([name, r]) => [`R: ${name}`, await withR(r)] as const))),
        ['S + L', concat(genuine.subarray(0, 32), littleEndian(s + order))],
        ['S = L', concat(genuine.subarray(0, 32), littleEndian(order))],
        ['too long', concat(genuine, new Uint8Array(1))],
        ['nothing', new Uint8Array(0)],
      ];
    },
  };
}
