import type { Bytes } from '../bytes.ts';

/** One way in which bytes are no longer what they were. */
export interface Alteration {
  /** For the message of a failed test: what was done, and where. */
  readonly name: string;
  readonly bytes: Bytes;
}

/** Returns every `stride`th byte's alterations: the byte changed in one bit, in another and in all, the bytes cut before it, the byte there twice. */
export function alterationsOf(bytes: Bytes, stride: number): readonly Alteration[] {
  const all: Alteration[] = [];
  for (let at = 0; at < bytes.length; at += stride) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const changed = bytes.slice();
      changed[at] = (bytes[at] ?? 0) ^ mask;
      all.push({ name: `byte ${at} changed by ${mask}`, bytes: changed });
    }
    all.push({ name: `cut at ${at}`, bytes: bytes.slice(0, at) });
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes.subarray(0, at + 1));
    longer.set(bytes.subarray(at), at + 1);
    all.push({ name: `byte ${at} repeated`, bytes: longer });
  }
  return all;
}
