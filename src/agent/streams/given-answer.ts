import type { Bytes } from '../../protocol/bytes.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { ByteSource } from './byte-source.ts';

/** What is known of a stream of this agent before its first byte. */
export interface GivenStream {
  readonly source: ByteSource;
  /** At most 127 characters. */
  readonly mediaType: string;
  readonly size?: number | undefined;
  /** A display text of at most 255 characters. */
  readonly name?: string | undefined;
  /** Seconds for which it is kept without a read. */
  readonly keep?: number | undefined;
}

/** What a handler has answered: JSON, and with it at most one of bytes and a stream. */
export interface GivenAnswer {
  readonly result: JsonValue;
  readonly bytes?: Bytes | undefined;
  readonly stream?: GivenStream | undefined;
}
