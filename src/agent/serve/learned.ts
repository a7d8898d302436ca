import type { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import type { Correspondence } from '../state/wire-log.ts';

/** Whom a request is from, as far as it is known, and what was noted of its handshake. */
export interface Learned extends Correspondence {
  readonly notes?: HandshakeNotes;
}

export type Know = (who: Learned) => void;
