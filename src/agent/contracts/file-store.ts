import type { Bytes } from '../../protocol/bytes.ts';
import type { FilePolicy, FileStatus } from './file-views.ts';
import type { GivenFile } from './files-api.ts';
import type { FailureView } from './value-views.ts';

/** What one side tells the other of a file, once it can. `offered` is the offer itself. */
export type FileWord = 'offered' | 'accepted' | 'declined' | 'cancelled' | 'paused' | 'resumed';

/** A file that goes to a peer or comes from one, as its record. Times are milliseconds since 1970. */
export interface StoredFile {
  /** 32 hex digits, made by its sender. */
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly peerId: string;
  /** The peer's signing key, as hex; empty as long as an offer has reached nobody. */
  readonly peerKey: string;
  /** Safe to show and to save under; see `fileName`. */
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly at: number;
  readonly status: FileStatus;
  /** Bytes that the receiver has: at the receiver, those that are stored for certain, which are whole blocks of 1 MiB or all. */
  readonly moved: number;
  /** At the receiver: the hashes of the blocks of these bytes, 32 bytes each. */
  readonly digests: Bytes;
  /** When it moved last, or was decided on. */
  readonly changedAt: number;
  readonly pausedHere: boolean;
  readonly pausedThere: boolean;
  /** Accepted by the policy: nobody was asked. */
  readonly isAutomatic: boolean;
  /** What the peer has to be told. */
  readonly tell?: FileWord | undefined;
  /** Base64. */
  readonly hash?: string | undefined;
  readonly error?: FailureView | undefined;
  /** The vault's word for where the whole file is. */
  readonly place?: string | undefined;
}

/** Where the records of files are stored. Every call rejects with `storage_failed`, or `storage_full`. */
export interface FileRecords {
  /** Returns all, in no order; one that is damaged is left out. */
  loadFiles(): Promise<readonly StoredFile[]>;
  /** Writes a record in the place of an earlier one of its id. */
  saveFile(file: StoredFile): Promise<void>;
  dropFile(id: string): Promise<void>;
  loadFilePolicies(): Promise<readonly StoredFilePolicy[]>;
  saveFilePolicy(policy: StoredFilePolicy): Promise<void>;
}

/** What happens to the files that a peer offers. */
export interface StoredFilePolicy {
  readonly peerId: string;
  readonly policy: FilePolicy;
  /** The signing key of the peer that it is for, once that is known. */
  readonly peerKey?: string;
}

/** Where the bytes of files that come are stored, by the id of the file. Every call rejects with `storage_failed`, or `storage_full`. */
export interface FileVault {
  /** Returns the ids of which there are bytes: all that have not come whole, and the whole ones that the vault itself looks after. */
  list(): Promise<readonly string[]>;
  /** Returns how many bytes there are of a file that is coming; 0 where there are none. */
  size(id: string): Promise<number>;
  /** Writes bytes at an offset: those before it were written, and what was there is replaced. */
  write(id: string, at: number, parts: readonly Bytes[]): Promise<void>;
  /** Resolves when what was written survives the end of this process. */
  flush(id: string): Promise<void>;
  /** Lets go of what it holds open for a file that does not move at the moment. */
  rest(id: string): Promise<void>;
  /** Takes a file as whole, under a name that is safe; returns where it is, for `open` and `drop`. */
  keep(id: string, name: string): Promise<string>;
  /** Returns the bytes of a whole file; undefined when somebody has taken them away. */
  open(id: string, place: string): Promise<Blob | undefined>;
  /** Deletes what there is of a file. A whole one that its owner looks after stays. */
  drop(id: string, place?: string): Promise<void>;
}

/** Where an agent finds the files that it has offered. Every call rejects with `storage_failed`, or `storage_full`. */
export interface OfferedSources {
  keep(id: string, file: GivenFile): Promise<void>;
  /** Returns the bytes of a file; undefined when they are gone, or are no longer those that were offered. */
  open(id: string): Promise<Blob | undefined>;
  drop(id: string): Promise<void>;
  list(): Promise<readonly string[]>;
}

/** The files of an agent: their records, and their bytes. They are erased with its store. */
export interface FileStores {
  readonly records: FileRecords;
  readonly vault: FileVault;
  readonly sources: OfferedSources;
}
