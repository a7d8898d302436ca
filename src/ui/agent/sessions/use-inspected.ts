import type { SessionView } from '../../../agent/contracts/views.ts';
import type { InspectorProps, Looking } from '../../inspector/inspector-props.ts';
import type { AgentPlace, Go } from '../../routing/agent-place.ts';
import { useLiveRecording } from './live-recording.ts';

/** A session of this agent, and how a person looks at it. */
export interface InspectedSession {
  readonly place: AgentPlace;
  readonly session: SessionView;
  readonly go: Go;
}

/**
 * Returns what every view of a session is given. What else the address says, an exchange that is led to and words,
 * stays in it.
 */
export function useInspected({ place, session, go }: InspectedSession): InspectorProps {
  const { sessionId, peerId } = session;
  const { tab, open, member, pov, step, at, words } = place;
  const recording = useLiveRecording(session);
  const where = {
    ...(place.peerId === undefined ? { sessionId } : { peerId }),
    ...(at === undefined ? {} : { at }),
    ...(words === undefined ? {} : { words }),
  };
  const looking: Looking = {
    ...(open === undefined ? {} : { open }),
    ...(member === undefined ? {} : { member }),
    ...(pov === undefined ? {} : { pov }),
    ...(step === undefined ? {} : { step }),
  };
  return { recording, looking, look: (next, how) => go({ section: 'talk', ...where, tab, ...next }, how) };
}
