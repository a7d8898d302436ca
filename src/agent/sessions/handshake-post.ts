import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Observer } from '../../protocol/trace/events.ts';
import { readProblem } from '../../protocol/wire/parse.ts';
import type { Network } from '../contracts/ports.ts';
import type { WireLog } from '../state/wire-log.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';

const handshakeDeadlineMs = 15_000;

/** What handshake messages are posted with. */
export interface HandshakePostDeps {
  readonly network: Network;
  readonly wireLog: WireLog;
  readonly verified: VerifiedPeers;
}

/** Whom a handshake message goes to, and who hears of its answer. */
export interface HandshakeTo {
  readonly address: string;
  readonly peerId: string;
  readonly sessionId: string;
  readonly observe: Observer;
}

/** Posts a handshake message and gives the body that answers it. Rejects with the code of a problem answer, or that of the network. */
export async function postHandshake(
  { network, wireLog, verified }: HandshakePostDeps,
  environment: Pick<Environment, 'monotonic'>,
  { address, peerId, sessionId, observe }: HandshakeTo,
  body: Bytes,
): Promise<Bytes> {
  verified.requireDecided(peerId);
  const who = { peerId, sessionId };
  const answer = await wireLog.post(network, `${address}/agent/handshake`, { form: 'json', bytes: body }, who, {
    deadlineMs: handshakeDeadlineMs,
  });
  if (answer.ok) return answer.body;
  observe({
    kind: 'message',
    at: environment.monotonic(),
    direction: 'received',
    message: 'PROBLEM',
    body: new TextDecoder().decode(answer.body.subarray(0, 4_096)),
    size: answer.body.length,
  });
  const problem = readProblem(answer.body, limits.handshakeBody);
  if (problem === undefined) {
    throw new ParleyError('invalid_answer', 'The peer’s address answered with something that is not parley/1.');
  }
  throw new ParleyError(problem.code, problem.detail, {
    ...(problem.now === undefined ? {} : { now: problem.now }),
    ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }),
  });
}
