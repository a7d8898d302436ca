import type { LeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import type { LogEntry } from '../log/entry.ts';
import type { MemberStep } from './group-member.ts';

/** What opening takes from outside. */
export interface OpeningTools {
  readonly subtle: Subtle;
  /** Returns this member's head after an index, undefined when it is not kept: for indices from its first on. */
  headAt(index: number): Promise<Bytes | undefined>;
}

/** A message whose sender was verified, and the step that its generation takes. */
export interface Verified {
  readonly entry: LogEntry;
  readonly step: MemberStep;
  readonly leaf: LeafIndex;
  /** The agent_id of its leaf. */
  readonly by: string;
  readonly authenticatedData: Bytes;
}
