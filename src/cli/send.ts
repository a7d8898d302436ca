import type { AgentEvent } from '../agent/contracts/views.ts';
import { waitingWords } from '../agent/contracts/waiting-words.ts';
import { findPeer, type NameAdvice } from '../console/names.ts';
import { textRequest } from '../console/text-request.ts';
import { readTypedJson } from '../console/typed-json.ts';
import { visibleLine } from '../console/visible-text.ts';
import { asParleyError } from '../protocol/errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { openNamed } from './open-named.ts';
import { readAgentArguments } from './options.ts';
import { Patience } from './patience.ts';
import { trustCertificates } from './trust.ts';

const inShell: NameAdvice = {
  unknown: 'Nothing was sent. Give its agent_id, the beginning of it, or a short form such as helper_1.',
  several: 'Nothing was sent. Give the whole agent_id.',
};

/** Runs `parley send PEER TEXT`: one request, its outcome as one line of JSON on `out`. Returns the exit code. */
export async function runSend({ words, flags }: Given, out: { write(text: string): unknown }): Promise<number> {
  try {
    const given = await readAgentArguments(flags, process.env, 'cli_agent_001');
    if (given.trust !== undefined) await trustCertificates(given.trust);
    const [peer = '', ...said] = words;
    const text = said.join(' ');
    const request =
      given.method === undefined
        ? textRequest(text)
        : { method: given.method, parameters: readTypedJson(text, 'With --method, what is sent is JSON.') };
    const patience = new Patience(given.timeout);
    const opened = await openNamed(given, {
      reachable: false,
      emit: waitingTeller(process.stderr),
      ...(patience.signal === undefined ? {} : { left: patience.signal }),
    });
    try {
      const { agentId: peerId } = await patience.race(findPeer(opened.agent, peer, inShell));
      const exchange = await opened.agent.send({ peerId, ...request, timeout: patience.rest() });
      const { requestId, sessionId, status, result, error, durationMs } = exchange;
      out.write(
        line({
          status,
          peer: peerId,
          request_id: requestId,
          session_id: sessionId,
          result,
          error,
          duration_ms: durationMs === undefined ? undefined : Math.round(durationMs * 10) / 10,
        }),
      );
      return status === 'success' ? exitCodes.done : exitCodes.answeredWithError;
    } finally {
      await opened.close();
    }
  } catch (cause) {
    return writeFailure(cause, out);
  }
}

/** Returns who says on `out` what a request waits for, once for each cause; that an answer takes its time is not worth a word. */
function waitingTeller(out: { write(text: string): unknown }): (event: AgentEvent) => void {
  const said = new Set<string>();
  return (event) => {
    if (event.type !== 'exchange' || event.exchange.waiting === undefined) return;
    const { waiting } = event.exchange;
    if (waiting.for === 'answer' || said.has(waiting.for)) return;
    said.add(waiting.for);
    const timeOf = (ms: number) => new Date(ms).toTimeString().slice(0, 8);
    out.write(`${visibleLine(waitingWords(event.exchange, waiting, timeOf))}. Ctrl-C stops.\n`);
  };
}

/** Writes why nothing was sent, or what went wrong, as the outcome. Returns the exit code. */
export function writeFailure(cause: unknown, out: { write(text: string): unknown }): number {
  const { code, detail } = asParleyError(cause);
  out.write(line({ status: 'failed', error: { code, detail } }));
  return exitCodeOf(code);
}

/** Returns JSON on one line that does nothing to a terminal and is the same JSON to a program. */
function line(said: object): string {
  return `${visibleLine(JSON.stringify(said))}\n`;
}
