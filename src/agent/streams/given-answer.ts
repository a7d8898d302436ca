import type { Bytes } from '../../protocol/bytes.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { ByteSource } from './byte-source.ts';

/** Whoever follows a stream of this agent while a peer reads it. */
export interface ServingWatch {
  /** Hears, once it is there, how to end it early and let go of it. */
  served(end: (error: ParleyError) => void): void;
  /** Hears the hash of each block of 1 MiB, and of the rest, in order. */
  hashed(digest: Bytes): void;
  /** Hears the offset before which the reader never asks again. */
  released(offset: number): void;
}

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
  readonly watch?: ServingWatch | undefined;
}

/** What a handler has answered: JSON, and with it at most one of bytes and a stream. */
export interface GivenAnswer {
  readonly result: JsonValue;
  readonly bytes?: Bytes | undefined;
  readonly stream?: GivenStream | undefined;
}
