import type { CheckName, MessageName } from '../../protocol/trace/events.ts';
import type { Recording } from '../../recording/recording.ts';

/** An attack in words. */
export interface ScenarioInfo {
  /** Lowercase words joined by `-`: part of the scenario's address. */
  readonly id: string;
  /** The attack by the name that the field gives it. */
  readonly title: string;
  /** What the attacker does, in a few plain words. */
  readonly summary: string;
  /** How many attempts a whole run makes. */
  readonly attempts: number;
  /** What the attacker has, one sentence. */
  readonly has: string;
  /** What the attacker wants, one sentence. */
  readonly wants: string;
  /** What the protocol promises against it, and where that is specified. */
  readonly promise: string;
}

/** Who is on the line in the lab. `stranger`: a third honest agent; `service`: the delivery service. */
export type LabParty = 'traveller' | 'helper' | 'stranger' | 'attacker' | 'controller' | 'service';

/** A body on its way, as the attacker on the wire has it. */
export interface LabMessage {
  /** Counts from 1 in each attempt. */
  readonly number: number;
  /** Milliseconds since 1970 on the lab's clock. */
  readonly at: number;
  readonly from: LabParty;
  readonly to: LabParty;
  readonly kind: MessageName;
  /** What the sender wrote: text, or base64 of bytes; undefined when the attacker made it. */
  readonly sent?: string;
  /** Absent for text. */
  readonly sentForm?: 'binary';
  /** Bytes that were sent, where `sent` may be only the first 16 KiB of them. */
  readonly sentSize?: number;
  /** What arrived; undefined when it was dropped. */
  readonly delivered?: string;
  readonly deliveredForm?: 'binary';
  readonly deliveredSize?: number;
  /** Of an answer. */
  readonly httpStatus?: number;
  /** Paths of the members that differ between `sent` and `delivered`, names joined by `.`. */
  readonly altered: readonly string[];
  /** What the attacker did with it, in a few words; empty when it was only read. */
  readonly deed: string;
}

/** Who refused what. */
export interface Refusal {
  readonly by: LabParty;
  readonly check?: CheckName;
  /** Of the protocol page; for an entry that was skipped, of the group's rules or of MLS. */
  readonly code: string;
  /**
   * What was refused: a message of a session when absent; else an entry that an agent skipped, what its owner asked for, or what the delivery
   * service was asked for.
   */
  readonly of?: 'entry' | 'call' | 'service';
}

/** What came of an attempt, found in the agents' own answers and state. */
export interface Verdict {
  readonly outcome: 'refused' | 'succeeded';
  /** What a sound protocol gives: `succeeded` only where an attempt shows what a guarantee depends on. */
  readonly expected: 'refused' | 'succeeded';
  /** Who refused, by which check and under which code. */
  readonly refusal?: Refusal;
  /** The facts that the outcome was read from, a sentence each. */
  readonly evidence: readonly string[];
}

/** One try of a scenario. */
export interface Attempt {
  readonly id: string;
  /** What is tried, in a few words: `CLIENT_HELLO.nonce altered`. */
  readonly title: string;
  readonly messages: readonly LabMessage[];
  /** It was made on a group's log at the delivery service: nothing of it is in `messages`. */
  readonly isOnLog?: true;
  /** The session that was attacked, as both agents recorded it. */
  readonly recording?: Recording;
  readonly verdict: Verdict;
}

/** How far a running scenario is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** What is being done, in a few words. */
  readonly doing: string;
}
