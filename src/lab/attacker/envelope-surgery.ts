import { type Bytes, concat } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import {
  type BinaryEnvelopeParts,
  readBinaryEnvelope,
  splitBinaryEnvelope,
} from '../../protocol/wire/binary-envelope.ts';
import { encodeJsonEnvelope } from '../../protocol/wire/envelope.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';
import { headerJcs } from '../../protocol/wire/envelope-header.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Takes a binary envelope apart, as everybody on the line can. Throws `malformed_message` for anything else. */
export function partsOf(envelope: Bytes): BinaryEnvelopeParts {
  const parts = splitBinaryEnvelope(envelope);
  if (parts === undefined) throw new ParleyError('malformed_message', 'This is no binary envelope.');
  return parts;
}

/** Puts an envelope together of any parts; `length` is what it says of its header, which is the truth unless given. */
export function assembled(parts: BinaryEnvelopeParts, length: number = parts.header.length): MessageBody {
  const { header, signature, iv, tag, ciphertext } = parts;
  const head = Uint8Array.of(length >> 8, length & 0xff);
  return { form: 'binary', bytes: concat(head, header, signature, iv, tag, ciphertext) };
}

/** Returns an envelope whose header is `change` of its text. */
export function withHeader(envelope: Bytes, change: (header: string) => string): MessageBody {
  const parts = partsOf(envelope);
  return assembled({ ...parts, header: encoder.encode(change(decoder.decode(parts.header))) });
}

/** Returns an envelope with the lowest bit of its `at`th byte flipped. */
export function withFlippedByte(envelope: Bytes, at: number): MessageBody {
  return { form: 'binary', bytes: envelope.map((byte, i) => (i === at ? byte ^ 1 : byte)) };
}

/** Returns where a part of an envelope begins. */
export function offsetOf(envelope: Bytes, part: keyof BinaryEnvelopeParts): number {
  return partsOf(envelope)[part].byteOffset - envelope.byteOffset;
}

/** Returns the same envelope as JSON. */
export function asJsonForm(envelope: Bytes): MessageBody {
  const value = readBinaryEnvelope(envelope);
  return { form: 'json', bytes: encodeJsonEnvelope(headerJcs(value), value.encrypted_payload, value.signature) };
}
