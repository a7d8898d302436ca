import type { FileView } from '../../agent/contracts/file-views.ts';
import type { AgentState } from './agent-state.ts';

/** What of an agent decides which offers of files are new to a person. */
type Files = Pick<AgentState, 'files' | 'phase'>;

/** Returns the files that have just been offered and wait for a person. What was there when the page opened is no news. */
export function filesOffered(now: Files, before: Files): readonly FileView[] {
  if (now.files === before.files || now.phase.phase !== 'ready' || before.phase.phase !== 'ready') return [];
  const known = new Set(before.files.map(({ id }) => id));
  return now.files.filter(
    ({ id, direction, status }) => direction === 'incoming' && status === 'offered' && !known.has(id),
  );
}
