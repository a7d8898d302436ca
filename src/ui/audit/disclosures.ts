import { create } from 'zustand';
import { useAgentState } from '../state/hosted.ts';

const useChosen = create<Readonly<Record<string, readonly number[]>>>(() => ({}));
const none: readonly number[] = [];

/** The entries whose messages are to be disclosed, and what changes the choice. */
export interface Disclosures {
  readonly chosen: readonly number[];
  toggle(index: number): void;
  /** Clears the choice: they are in a file now, and for the next one a person chooses again. */
  exported(indexes: readonly number[]): void;
}

/** Returns what a person has chosen to disclose of this agent's trail: it is held for as long as the page is open. */
export function useDisclosures(): Disclosures {
  // An agent that was forgotten and made anew has the same name and another trail, and never the same certificate.
  const trail = useAgentState(({ phase }) => (phase.phase === 'ready' ? phase.identity.signingFingerprint : ''));
  const chosen = useChosen((all) => all[trail]) ?? none;
  const change = (next: (before: readonly number[]) => readonly number[]) =>
    useChosen.setState((all) => ({ [trail]: next(all[trail] ?? none) }));
  return {
    chosen,
    toggle: (index) =>
      change((before) => (before.includes(index) ? before.filter((each) => each !== index) : [...before, index])),
    exported: (indexes) => change((before) => before.filter((each) => !indexes.includes(each))),
  };
}
