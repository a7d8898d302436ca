import type { SecretName, TranscriptName } from '../../../protocol/trace/events.ts';
import type { Beginning } from '../../../recording/beginning.ts';

/** What only exists as a step between others. */
type StepName =
  | 'server_rsa'
  | 'client_rsa'
  | 'x25519_pairs'
  | 'ml_kem_pair'
  | 'ikm'
  | 'former_session'
  | 'resume_mix'
  | 'handshake_hkdf'
  | 'session_hkdf';

/** Something in the key schedule (protocol page, sections 3 and 5). */
export type NodeId = SecretName | TranscriptName | StepName;

/** How long something lasts: `handshake` until the session has begun, `resumable` until it is resumed. */
type Lifetime = 'public' | 'kept' | 'handshake' | 'session' | 'resumable';

/** A node of the graph. */
export interface ScheduleNode {
  readonly id: NodeId;
  readonly kind: 'private key' | 'secret' | 'transcript' | 'derivation' | 'key';
  /** `{client}` and `{server}` stand for the agents' names. */
  readonly name: string;
  readonly what: string;
  readonly lifetime: Lifetime;
  /** What it is computed from. */
  readonly from: readonly NodeId[];
}

/** Makes a node; `from` is what it is computed from. */
export const node = (
  id: NodeId,
  kind: ScheduleNode['kind'],
  lifetime: Lifetime,
  name: string,
  what: string,
  ...from: readonly NodeId[]
): ScheduleNode => ({ id, kind, name, what, lifetime, from });

/** What a traffic key is. */
export const aes = 'AES-256-GCM, 32 bytes, not extractable.';

/** Where a node stands: its left edge and width in hundredths of the drawing's width, its row. */
export interface Spot {
  readonly x: number;
  readonly width: number;
  readonly row: number;
  /** Where, in hundredths of the width, the lines to what comes from it run down. */
  readonly rail?: number;
}

/** Where every node of a schedule stands at one width. */
interface Drawing {
  readonly spots: ReadonlyMap<NodeId, Spot>;
  /** Rows of the whole drawing. */
  readonly rows: number;
}

/** A key schedule: what flows into HKDF, every key that comes out of it, and where each is drawn. */
export interface Schedule {
  readonly beginning: Beginning;
  /** Where it is specified. */
  readonly source: 'parley/1, section 3' | 'parley/1, section 5';
  readonly nodes: readonly ScheduleNode[];
  /** From left to right, where there is room for five columns. */
  readonly wide: Drawing;
  /** From top to bottom in two columns. */
  readonly narrow: Drawing;
}

/** Returns the node of an id that came from an address. */
export function nodeOf({ nodes }: Schedule, id: string | undefined): ScheduleNode | undefined {
  return nodes.find((each) => each.id === id);
}

/** Returns everything that a node is computed from, directly or not. */
export function ancestors(schedule: Schedule, id: NodeId): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  const walk = (each: NodeId) => {
    for (const parent of nodeOf(schedule, each)?.from ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      walk(parent);
    }
  };
  walk(id);
  return found;
}

/** Returns everything that is computed from a node. */
export function descendants(schedule: Schedule, id: NodeId): ReadonlySet<NodeId> {
  return new Set(schedule.nodes.filter((each) => ancestors(schedule, each.id).has(id)).map((each) => each.id));
}
