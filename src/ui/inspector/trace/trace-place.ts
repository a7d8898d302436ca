import { formatPlace, parsePlace, type SessionTab } from '../../routing/agent-place.ts';
import type { Looking } from '../inspector-props.ts';

/** The views that a file has. */
export type TraceTab = Exclude<SessionTab, 'conversation'>;

/** The views in the order of their tabs. */
export const traceTabs: readonly (readonly [tab: TraceTab, word: string])[] = [
  ['handshake', 'Handshake'],
  ['keys', 'Keys'],
  ['timing', 'Timing'],
  ['wire', 'Wire'],
];

/** Which session a file holds is not part of its address: this stands for it in the form that sessions' addresses have. */
const anySession = '0'.repeat(32);

/** Reads what follows `/trace` in an address; undefined when no view is written so. */
export function parseTracePlace(text: string): (Looking & { readonly tab: TraceTab }) | undefined {
  const place = parsePlace(`session/${anySession}/${text.replace(/^(?=\?|$)/, 'handshake')}`);
  const tab = traceTabs.find(([name]) => name === place?.tab)?.[0];
  if (place === undefined || tab === undefined) return undefined;
  const { section: _, sessionId: __, ...looking } = place;
  return { ...looking, tab };
}

/** Returns the address of a view of the open file. */
export function traceAddress(tab: TraceTab, looking: Looking): string {
  return `/trace/${formatPlace({ section: 'talk', sessionId: anySession, tab, ...looking }).slice(`session/${anySession}/`.length)}`;
}
