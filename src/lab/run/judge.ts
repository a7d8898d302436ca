import { type ErrorCode, isWireCode, type ParleyError } from '../../protocol/errors.ts';
import type { CheckName, TraceEvent } from '../../protocol/trace/events.ts';
import { readObject } from './body.ts';
import type { LabMessage, LabParty, Verdict } from './scenario.ts';
import type { LabAgent, LabWorld } from './world.ts';

type FailedCheck = Extract<TraceEvent, { kind: 'check'; outcome: 'failed' }>;

/** What an attempt is judged by. */
export interface Facts {
  /** Whether the attacker got what was wanted, read from the agents’ state and answers. */
  readonly succeeded: boolean;
  readonly expected?: Verdict['expected'];
  readonly evidence: readonly string[];
  /** What an honest agent's own call ended with: it counts when no check and no answer on the line tells who refused. */
  readonly failure?: { readonly by: LabParty; readonly error: ParleyError | undefined };
}

/** Turns facts into a verdict, and finds who refused what in the agents' own records since `since` (the lab's monotonic clock). */
export function judge(world: LabWorld, honest: readonly LabAgent[], since: number, facts: Facts): Verdict {
  const refusal = facts.succeeded ? undefined : (refusalBy(world.wire.log, honest, since) ?? ownRefusal(facts.failure));
  return {
    outcome: facts.succeeded ? 'succeeded' : 'refused',
    expected: facts.expected ?? 'refused',
    ...(refusal === undefined ? {} : { refusal }),
    evidence: facts.evidence,
  };
}

/** Refusals that an agent answers without a record of its own, because they must not write into a session's: the check that gives each. */
const checkOf: Partial<Record<ErrorCode, CheckName>> = {
  malformed_message: 'shape',
  replayed_nonce: 'nonce',
  session_conflict: 'session_id',
  signature_invalid: 'signature',
  stale_timestamp: 'timestamp',
  unknown_session: 'session',
  wrong_recipient: 'recipient',
};

function ownRefusal(failure: Facts['failure']): Verdict['refusal'] {
  return failure?.error === undefined ? undefined : { by: failure.by, code: failure.error.code };
}

/** Returns the first check that failed at an honest agent; else the first refusal that one of them answered with. */
function refusalBy(log: readonly LabMessage[], honest: readonly LabAgent[], since: number): Verdict['refusal'] {
  const failed = honest
    .flatMap((agent) => failedChecks(agent, since).map((event) => ({ agent, event })))
    .sort((a, b) => a.event.at - b.event.at)[0];
  if (failed !== undefined) {
    const { agent, event } = failed;
    return { by: agent.party, check: event.check, code: event.code };
  }
  for (const { sent, from, kind } of log) {
    const code = kind === 'PROBLEM' && sent !== undefined ? readObject(sent)?.code : undefined;
    if (isWireCode(code) && honest.some(({ party }) => party === from)) {
      const check = checkOf[code];
      return { by: from, ...(check === undefined ? {} : { check }), code };
    }
  }
  return undefined;
}

function failedChecks({ events }: LabAgent, since: number): readonly FailedCheck[] {
  return events.flatMap((event) =>
    event.type === 'trace' &&
    event.event.kind === 'check' &&
    event.event.outcome === 'failed' &&
    event.event.at >= since
      ? [event.event]
      : [],
  );
}

/**
 * Returns the states of the latest sessions of an agent, as a sentence. `earlier` are the ids of sessions that an
 * attempt began with: they are left out.
 */
export function sessionsOf({ agentId, snapshot }: LabAgent, earlier: ReadonlySet<string> = new Set()): string {
  const sessions = snapshot().sessions.filter(({ sessionId }) => !earlier.has(sessionId));
  if (sessions.length === 0) return `${agentId} opened no session${earlier.size === 0 ? '' : ' for it'}.`;
  const told = sessions
    .slice(-2)
    .map(
      ({ sessionId, peerId, status, failure }) =>
        `${sessionId.slice(0, 8)} with ${peerId} is ${status}${failure === undefined ? '' : ` (${failure.code})`}`,
    );
  return `${agentId} says: session ${told.join('; session ')}.`;
}

/** Returns the ids of the sessions that an agent has now. */
export function sessionIdsOf({ snapshot }: LabAgent): ReadonlySet<string> {
  return new Set(snapshot().sessions.map(({ sessionId }) => sessionId));
}

/** Returns how often an agent has run a request of its peers whose parameters hold `text`. */
export function timesRun({ snapshot }: LabAgent, text: string): number {
  return snapshot().exchanges.filter(
    ({ direction, status, parameters }) =>
      direction === 'incoming' && status === 'success' && JSON.stringify(parameters).includes(text),
  ).length;
}
