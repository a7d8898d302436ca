import type { FailureView, SessionView, WireView } from '../agent/contracts/views.ts';
import type { TraceEvent } from '../protocol/trace/events.ts';

/** One session as one or both of its agents recorded it: what the inspector draws, live or from a file. It holds no secrets. */
export interface Recording {
  readonly session: RecordedSession;
  /** One or two, the client's first. */
  readonly ends: readonly RecordedEnd[];
  /** The session's HTTP exchanges, oldest first: public by definition. */
  readonly wire: readonly WireView[];
  /** What certificates can be checked against. */
  readonly trust?: Trust;
  /** The session signing keys of the session that was resumed, base64 of 32 bytes by agent_id, where they are known. Public. */
  readonly formerSigningKeys?: Readonly<Record<string, string>>;
}

/** The session itself. Times are Unix seconds, `handshakeMs` is milliseconds. */
interface RecordedSession {
  readonly sessionId: string;
  readonly status: SessionView['status'];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly client: RecordedParty;
  readonly server: RecordedParty;
  /** The session that this one resumed. */
  readonly resumes?: string;
  readonly handshakeMs?: number;
  readonly keyFingerprint?: string;
  readonly failure?: FailureView;
}

/** An agent of the session; its address is empty when nothing has said it. */
export interface RecordedParty {
  readonly agentId: string;
  readonly address: string;
}

/** What one agent recorded. */
export interface RecordedEnd {
  readonly role: 'client' | 'server';
  readonly events: readonly TraceEvent[];
}

/** The Controller's word, base64 DER each. */
interface Trust {
  readonly caCertificate: string;
  readonly revocationList?: string;
}
