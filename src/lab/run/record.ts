import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { RecordedEnd, Recording } from '../../recording/recording.ts';
import type { LabAgent, LabWorld } from './world.ts';

/** Records a session as the agents of the lab saw it, the client's end first; undefined when none of them knows it. */
export async function recordSession(
  world: LabWorld,
  agents: readonly LabAgent[],
  sessionId: string | undefined,
): Promise<Recording | undefined> {
  if (sessionId === undefined) return undefined;
  const known = agents.flatMap((agent) => {
    const snapshot = agent.snapshot();
    const session = snapshot.sessions.find((each) => each.sessionId === sessionId);
    return session === undefined ? [] : [{ agent, session, snapshot }];
  });
  const first = known.find(({ session }) => session.role === 'client') ?? known[0];
  if (first === undefined) return undefined;
  const { session, agent, snapshot } = first;
  const own = { agentId: agent.agentId, address: agent.address };
  const peer = { agentId: session.peerId, address: session.peerAddress };
  const { role, status, createdAt, expiresAt, resumes, handshakeMs, keyFingerprint, failure } = session;
  const ends = known.map(
    (each): RecordedEnd => ({ role: each.session.role, events: each.snapshot.traces[sessionId] ?? [] }),
  );
  const authority = await world.controllerStore.loadAuthority();
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
    ends: (['client', 'server'] as const).flatMap((side) => ends.filter((end) => end.role === side).slice(0, 1)),
    wire: snapshot.wire.filter((entry) => entry.sessionId === sessionId),
    ...(authority === undefined ? {} : { trust: { caCertificate: encodeBase64(authority.certificate) } }),
  };
}

/** Returns the id of the session that an agent began last. */
export function latestSession({ snapshot }: LabAgent): string | undefined {
  return snapshot().sessions.at(-1)?.sessionId;
}
