import { useMemo } from 'react';
import type { Recording } from '../../agent/recording.ts';
import type { SessionView } from '../../agent/views.ts';
import { useAgentState, useHosted } from './hosted.ts';

const noEvents = [] as const;

/** The session as this page's agent has recorded it so far. */
export function useLiveRecording(session: SessionView): Recording {
  const { agentId, address } = useHosted();
  const events = useAgentState(({ traces }) => traces[session.sessionId]) ?? noEvents;
  const wire = useAgentState((state) => state.wire);
  return useMemo(() => {
    const own = { agentId, address };
    const peer = { agentId: session.peerId, address: session.peerAddress };
    const { sessionId, role, status, createdAt, expiresAt, handshakeMs, keyFingerprint, failure } = session;
    return {
      session: {
        sessionId,
        status,
        createdAt,
        expiresAt,
        client: role === 'client' ? own : peer,
        server: role === 'server' ? own : peer,
        ...(handshakeMs === undefined ? {} : { handshakeMs }),
        ...(keyFingerprint === undefined ? {} : { keyFingerprint }),
        ...(failure === undefined ? {} : { failure }),
      },
      ends: [{ role, events }],
      wire: wire.filter((entry) => entry.sessionId === sessionId),
    };
  }, [agentId, address, session, events, wire]);
}
