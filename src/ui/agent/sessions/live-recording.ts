import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { SessionView } from '../../../agent/contracts/views.ts';
import type { RecordedEnd, Recording } from '../../../recording/recording.ts';
import { useFormerSigningKeys } from '../../inspector/message/former-signing-keys.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';

const noEvents = [] as const;

/**
 * Returns the session as this page's agent has recorded it so far, and its peer, if that is open in this browser too.
 */
export function useLiveRecording(session: SessionView): Recording {
  const { agentId, address, otherEnds } = useHosted();
  const events = useAgentState(({ traces }) => traces[session.sessionId]) ?? noEvents;
  const wire = useAgentState((state) => state.wire);
  const caCertificate = useAgentState(({ phase }) =>
    phase.phase === 'ready' ? phase.identity.caCertificate : undefined,
  );
  const other = useStore(otherEnds.store, (ends) => ends[session.sessionId]);
  const formerSigningKeys = useFormerSigningKeys(session.resumes);
  useEffect(() => otherEnds.ask(session.sessionId), [otherEnds, session.sessionId]);
  return useMemo(() => {
    const own = { agentId, address };
    const peer = { agentId: session.peerId, address: session.peerAddress };
    const { sessionId, role, status, createdAt, expiresAt, resumes, handshakeMs, keyFingerprint, failure } = session;
    return {
      session: {
        sessionId,
        status,
        createdAt,
        expiresAt,
        client: role === 'client' ? own : peer,
        server: role === 'server' ? own : peer,
        ...(resumes === undefined ? {} : { resumes }),
        ...(handshakeMs === undefined ? {} : { handshakeMs }),
        ...(keyFingerprint === undefined ? {} : { keyFingerprint }),
        ...(failure === undefined ? {} : { failure }),
      },
      ends: [{ role, events }, ...(other === undefined ? [] : [other])].sort(clientFirst),
      wire: wire.filter((entry) => entry.sessionId === sessionId),
      ...(caCertificate === undefined ? {} : { trust: { caCertificate } }),
      ...(formerSigningKeys === undefined ? {} : { formerSigningKeys }),
    };
  }, [agentId, address, session, events, wire, other, caCertificate, formerSigningKeys]);
}

function clientFirst(a: RecordedEnd, b: RecordedEnd): number {
  return a.role === b.role ? 0 : a.role === 'client' ? -1 : 1;
}
