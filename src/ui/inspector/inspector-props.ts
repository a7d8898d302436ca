import type { Recording } from '../../recording/recording.ts';
import type { PointOfView } from '../routing/agent-place.ts';

/** What is open in a view of a recording, and through whose eyes it is looked at. The address of the page holds it. */
export interface Looking {
  /** A message of the handshake, a key, or an exchange on the wire. */
  readonly open?: string;
  /** A member of the open message, names joined by `.`. */
  readonly member?: string;
  readonly pov?: PointOfView;
  /** Where a walk through the steps of the handshake stands. */
  readonly step?: string;
}

/** What every view of a recording is given, live or from a file. */
export interface InspectorProps {
  readonly recording: Recording;
  readonly looking: Looking;
  /** Goes to another state of this view; with `replace` in the place of this one, which Back then does not lead to. */
  readonly look: (looking: Looking, how?: { readonly replace: boolean }) => void;
}

/** Returns the agent_ids of both sides of a recording. */
export function agentsOf({ session }: Recording): Readonly<Record<'client' | 'server', string>> {
  return { client: session.client.agentId, server: session.server.agentId };
}
