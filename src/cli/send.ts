import type { AgentEvent } from '../agent/contracts/views.ts';
import { waitingWords } from '../agent/contracts/waiting-words.ts';
import { findPeer, type NameAdvice } from '../console/names.ts';
import { requestOf } from '../console/text-request.ts';
import { visibleLine } from '../console/visible-text.ts';
import { nodePlatform } from '../host/node-platform.ts';
import { ReceivedAnswer } from '../library/answer-stream.ts';
import { ParleyError } from '../protocol/errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { Interruption } from './interruption.ts';
import { jsonHint, line, notYetStored, type OneShot, runOnce, writeFailure } from './one-shot.ts';
import type { AgentArguments } from './options.ts';
import { OutputEnded, type Printer, printAnswer } from './print-answer.ts';
import { namedFiles, sendFiles } from './send-files.ts';

const inShell: NameAdvice = {
  unknown: 'Nothing was sent. Give its agent_id, the beginning of it, or a short form such as helper_1.',
  several: 'Nothing was sent. Give the whole agent_id.',
};

/**
 * Runs `parley send PEER TEXT`: one request, its outcome as one line of JSON on `out`. An answer that is a stream or bytes is printed there,
 * and the outcome on stderr. Returns the exit code.
 */
export async function runSend({ words, flags }: Given, out: Printer): Promise<number> {
  const interruption = new Interruption();
  try {
    const code = await runOnce(
      // Whoever gets a file reads it here.
      { flags, stop: interruption.signal, isReachable: ({ file }) => file.length > 0 },
      out,
      (given) => prepared(words, given),
      async (shot, { peer, request, files }) => {
        shot.events.follow(waitingTeller(process.stderr));
        const { agentId: peerId } = await interruption.race(shot.patience.race(findPeer(shot.agent, peer, inShell)));
        return request === undefined
          ? sendFiles(shot, { peerId, files, interruption })
          : send({ ...shot, interruption, out }, { ...request, peerId });
      },
    );
    return interruption.signal.aborted ? exitCodes.interrupted : code;
  } finally {
    interruption.end();
  }
}

/** Reads what is to be sent. Rejects with `invalid_input`. */
async function prepared([peer = '', ...said]: readonly string[], given: AgentArguments) {
  const { method, store, expires, file } = given;
  if (expires !== undefined && !store) {
    throw new ParleyError('invalid_input', '--expires is for a request with --store. Nothing was sent.');
  }
  if (file.length > 0) {
    if (said.length > 0 || method !== undefined || store) {
      throw new ParleyError(
        'invalid_input',
        '--file takes the place of a text, --method and --store. Nothing was sent.',
      );
    }
    return { peer, files: await namedFiles(file), request: undefined };
  }
  if (said.length === 0) {
    throw new ParleyError('invalid_input', 'Name a peer and a text: parley send helper "Hello".');
  }
  const manner = store ? ({ whenAway: 'store', expires } as const) : {};
  return { peer, files: [], request: { ...requestOf(method, said.join(' '), jsonHint), ...manner } };
}

/** An agent that is open for one request. */
interface SendShot extends OneShot {
  readonly interruption: Interruption;
  readonly out: Printer;
}

/** What an agent is asked to send. */
type SendInput = Parameters<OneShot['agent']['exchange']>[0];

/** Sends the request, and says what became of it. */
async function send(shot: SendShot, request: SendInput): Promise<number> {
  const { agent, patience, interruption, say, given } = shot;
  const { signal } = interruption;
  const { peerId } = request;
  const exchanged = await agent.exchange({ ...request, timeout: patience.rest(), signal });
  const { requestId, sessionId, status, result, error, durationMs, group } = exchanged.view;
  if (group !== undefined && status === 'pending') {
    const { expiresAt, delivery } = group;
    if (delivery === 'sending') throw notYetStored();
    const until = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
    say({ status: 'stored', peer: peerId, request_id: requestId, until });
    return exitCodes.done;
  }
  const outcome = { status, peer: peerId, request_id: requestId, session_id: sessionId };
  const took = { duration_ms: durationMs === undefined ? undefined : Math.round(durationMs * 10) / 10 };
  if (status !== 'success' || (exchanged.body === undefined && given.output === undefined)) {
    say({ ...outcome, result, error, ...took });
    return status === 'success' ? exitCodes.done : exitCodes.answeredWithError;
  }
  return read(shot, exchanged, outcome);
}

/** Prints or saves an answer as it comes, and says on stderr, or beside a file on `out`, what became of it. */
async function read(
  shot: SendShot,
  exchanged: Awaited<ReturnType<OneShot['agent']['exchange']>>,
  outcome: object,
): Promise<number> {
  const { patience, interruption, given, say, out } = shot;
  const late = lateIn(patience.rest());
  const signal = AbortSignal.any([interruption.signal, late.signal]);
  const { result = null } = exchanged.view;
  const deps = { hold: (work: () => Promise<void>) => work(), signal, save: nodePlatform.saveFile };
  const answer = new ReceivedAnswer(exchanged, result, deps);
  const about = { media_type: answer.mediaType, size: answer.size, name: answer.name };
  const known = exchanged.body === undefined || result === null ? {} : { result };
  try {
    if (given.output === undefined) {
      await printAnswer(answer, out);
      process.stderr.write(line({ ...outcome, ...about, ...known }));
    } else {
      await answer.save(given.output);
      say({ ...outcome, ...about, ...known, saved: given.output });
    }
    return exitCodes.done;
  } catch (cause) {
    // What the process says of its output says it itself.
    if (cause instanceof OutputEnded) return exitCodes.done;
    return writeFailure(cause, given.output === undefined ? process.stderr : out);
  } finally {
    late.end();
  }
}

/** Returns a signal that aborts with `timed_out` after `ms` milliseconds, which are undefined for as long as it takes. */
function lateIn(ms: number | undefined): { readonly signal: AbortSignal; end(): void } {
  const late = new AbortController();
  if (ms === undefined) return { signal: late.signal, end: () => undefined };
  const tooLate = new ParleyError('timed_out', 'The answer did not come whole in time. The peer is told to end it.');
  const timer = setTimeout(() => late.abort(tooLate), ms);
  return { signal: late.signal, end: () => clearTimeout(timer) };
}

/** Returns a moment, in milliseconds since 1970, as its local time of day, with its date where that is not today's. */
function momentOf(ms: number): string {
  const at = new Date(ms);
  const time = at.toTimeString().slice(0, 8);
  return at.toDateString() === new Date().toDateString() ? time : `${at.toDateString()}, ${time}`;
}

/** Returns who says on `out` what a request waits for, once for each cause; that an answer takes its time is not worth a word. */
function waitingTeller(out: { write(text: string): unknown }): (event: AgentEvent) => void {
  const said = new Set<string>();
  return (event) => {
    if (event.type !== 'exchange' || event.exchange.waiting === undefined) return;
    const { waiting } = event.exchange;
    // What is stored is said by the outcome.
    if (waiting.for === 'answer' || waiting.for === 'return' || said.has(waiting.for)) return;
    said.add(waiting.for);
    out.write(`${visibleLine(waitingWords(event.exchange, waiting, momentOf))}. Ctrl-C stops.\n`);
  };
}
