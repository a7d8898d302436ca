/* The only globals this room uses; its own tsconfig has neither DOM nor Node. */
interface CryptoKey {
  readonly algorithm: { readonly name: string };
  readonly extractable: boolean;
  readonly type: 'private' | 'public' | 'secret';
  readonly usages: readonly string[];
}
interface NodeCrypto {
  hash(algorithm: 'sha256', data: Uint8Array, as: 'buffer'): Uint8Array;
  createPublicKey(key: { key: { kty: string; crv: string; x: string }; format: 'jwk' }): { readonly type: string };
  verify(algorithm: null, data: Uint8Array, key: { readonly type: string }, signature: Uint8Array): boolean;
}
declare var process: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto } | undefined;
declare var crypto: { readonly subtle: object } | undefined;
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array<ArrayBuffer>): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
declare function atob(text: string): string;
declare function btoa(binary: string): string;
declare function structuredClone<Key extends CryptoKey>(value: Key): Key;
declare const Buffer:
  | {
      from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer>;
      byteLength(text: string): number;
      from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
    }
  | undefined;
