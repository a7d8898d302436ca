import type { AgentEvent } from '../agent/contracts/views.ts';
import { waitingWords } from '../agent/contracts/waiting-words.ts';
import { findPeer, type NameAdvice } from '../console/names.ts';
import { requestOf } from '../console/text-request.ts';
import { visibleLine } from '../console/visible-text.ts';
import { ParleyError } from '../protocol/errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { jsonHint, notYetStored, type OneShot, type Out, runOnce } from './one-shot.ts';

const inShell: NameAdvice = {
  unknown: 'Nothing was sent. Give its agent_id, the beginning of it, or a short form such as helper_1.',
  several: 'Nothing was sent. Give the whole agent_id.',
};

/** Runs `parley send PEER TEXT`: one request, its outcome as one line of JSON on `out`. Returns the exit code. */
export async function runSend({ words, flags }: Given, out: Out): Promise<number> {
  return runOnce(
    { flags },
    out,
    ({ method, store, expires }) => {
      const [peer = '', ...said] = words;
      const text = said.join(' ');
      if (expires !== undefined && !store) {
        throw new ParleyError('invalid_input', '--expires is for a request with --store. Nothing was sent.');
      }
      const request = requestOf(method, text, jsonHint);
      const manner = store ? ({ whenAway: 'store', expires } as const) : {};
      return { peer, request: { ...request, ...manner } };
    },
    (shot, { peer, request }) => send(shot, peer, request),
  );
}

/** What an agent is asked to send. */
type SendInput = Parameters<OneShot['agent']['send']>[0];

/** Sends the request, and says what became of it. */
async function send(shot: OneShot, peer: string, request: Omit<SendInput, 'peerId'>): Promise<number> {
  const { agent, events, patience, say } = shot;
  events.follow(waitingTeller(process.stderr));
  const { agentId: peerId } = await patience.race(findPeer(agent, peer, inShell));
  const exchange = await agent.send({ ...request, peerId, timeout: patience.rest() });
  const { requestId, sessionId, status, result, error, durationMs, group } = exchange;
  if (group !== undefined && status === 'pending') {
    const { expiresAt, delivery } = group;
    if (delivery === 'sending') throw notYetStored();
    const until = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
    say({ status: 'stored', peer: peerId, request_id: requestId, until });
    return exitCodes.done;
  }
  say({
    status,
    peer: peerId,
    request_id: requestId,
    session_id: sessionId,
    result,
    error,
    duration_ms: durationMs === undefined ? undefined : Math.round(durationMs * 10) / 10,
  });
  return status === 'success' ? exitCodes.done : exitCodes.answeredWithError;
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
