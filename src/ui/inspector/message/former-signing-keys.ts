import { useMemo } from 'react';
import type { Recording } from '../../../recording/recording.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { sessionSigningKeys } from './signing-keys.ts';

/**
 * Returns the signing keys of the session that was resumed, where this page has its hellos; undefined where it does
 * not.
 */
export function useFormerSigningKeys(resumes: string | undefined): Recording['formerSigningKeys'] {
  const { agentId } = useHosted();
  const former = useAgentState(({ sessions }) => sessions.find(({ sessionId }) => sessionId === resumes));
  const events = useAgentState(({ traces }) => (resumes === undefined ? undefined : traces[resumes]));
  return useMemo(() => {
    if (former === undefined || events === undefined) return undefined;
    const { role, peerId } = former;
    const [client, server] = role === 'client' ? [agentId, peerId] : [peerId, agentId];
    return sessionSigningKeys(events, { client, server });
  }, [agentId, former, events]);
}
