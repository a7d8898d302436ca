import { Emitter } from '../agent/contracts/emitter.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { visibleLine } from '../console/visible-text.ts';
import { atMost, type OpenedAgent } from '../library/open-agent.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Given } from './given.ts';
import { openNamed } from './open-named.ts';
import { type AgentArguments, readAgentArguments } from './options.ts';
import { Patience } from './patience.ts';
import { trustCertificates } from './trust.ts';

/** Milliseconds for which a command waits until its agent can be invited. */
const invitableMs = 2_000;

/** How JSON is typed to a command. */
export const jsonHint = 'With --method, what is sent is JSON.';

/** Where results go, one line of JSON each. */
export interface Out {
  write(text: string): unknown;
}

/** An agent that is open for one command. */
export interface OneShot {
  readonly agent: OpenedAgent['agent'];
  readonly given: AgentArguments;
  readonly events: Emitter<AgentEvent>;
  readonly patience: Patience;
  /** Writes a line of JSON. */
  say(said: object): void;
}

/** What may stop a command that is open, and ends what it waits for. */
export interface Stoppable {
  readonly stop?: AbortSignal | undefined;
}

/** Whether peers reach the agent meanwhile. */
interface Reachable {
  isReachable?(given: AgentArguments): boolean;
}

/**
 * Opens an agent, does one thing with it and closes it. `prepare` reads what was typed before anything is opened. Writes as JSON what it
 * does, and why it cannot. Returns the exit code.
 */
export async function runOnce<Prepared>(
  { flags, stop, isReachable = () => false }: Pick<Given, 'flags'> & Stoppable & Reachable,
  out: Out,
  prepare: (given: AgentArguments) => Prepared | Promise<Prepared>,
  work: (shot: OneShot, prepared: Prepared) => Promise<number>,
): Promise<number> {
  try {
    const given = await readAgentArguments(flags, process.env, 'cli_agent_001');
    if (given.trust !== undefined) await trustCertificates(given.trust);
    const prepared = await prepare(given);
    const patience = new Patience(given.timeout);
    const events = new Emitter<AgentEvent>();
    const opened = await whileOpening([patience.signal, stop], (left) =>
      openNamed(given, { reachable: isReachable(given), emit: (event) => events.emit(event), left }),
    );
    const { agent } = opened;
    try {
      const say = (said: object) => void out.write(line(said));
      return await work({ agent, given, events, patience, say }, prepared);
    } finally {
      // Else an agent that short commands alone open could not be invited to a group before several of them.
      if (stop?.aborted !== true) await atMost(invitableMs, agent.groups.invitable());
      await opened.close();
    }
  } catch (cause) {
    return writeFailure(cause, out);
  }
}

/** Opens by `open`, whose signal aborts as those of `ends`. An agent that is open is not left without a word by them. */
async function whileOpening<T>(
  ends: readonly (AbortSignal | undefined)[],
  open: (left: AbortSignal) => Promise<T>,
): Promise<T> {
  const opening = new AbortController();
  const end = AbortSignal.any(ends.filter((signal) => signal !== undefined));
  const leave = () => opening.abort(end.reason);
  if (end.aborted) leave();
  else end.addEventListener('abort', leave);
  try {
    return await open(opening.signal);
  } finally {
    end.removeEventListener('abort', leave);
  }
}

/** Writes why nothing was done, or what went wrong, as the outcome. Returns the exit code. */
export function writeFailure(cause: unknown, out: Out): number {
  const { code, detail } = asParleyError(cause);
  out.write(line({ status: 'failed', error: { code, detail } }));
  return exitCodeOf(code);
}

/** Returns JSON on one line that does nothing to a terminal and is the same JSON to a program. */
export function line(said: unknown): string {
  return `${visibleLine(JSON.stringify(said))}\n`;
}

/** Returns the error of what the delivery service did not take in time. */
export function notYetStored(): ParleyError {
  return new ParleyError(
    'timed_out',
    'The delivery service did not take it in time. It is stored here, and goes out when this agent is opened again.',
  );
}
