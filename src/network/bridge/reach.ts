import {
  fromResponseMessage,
  type RequestMessage,
  type ResponseMessage,
  toRequestMessage,
} from '../../http/http-messages.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { defaultDeadlineMs } from '../deadline.ts';
import { type BridgeChannel, type BridgeMessage, openChannel } from './channel.ts';
import { isUnder, type LiveHost, liveHosts } from './locks.ts';

interface Waiting {
  readonly deadline: number;
  readonly resolve: (response: ResponseMessage) => void;
  readonly reject: (error: ParleyError) => void;
}

const waiting = new Map<string, Waiting>();
let channel: BridgeChannel | undefined;

/**
 * Carries `request` to the tab that hosts the address it lies under; undefined when no tab does. Rejects with
 * `peer_unreachable` when that tab goes away, cannot answer, or does not within `deadlineMs` milliseconds.
 */
export async function reachAddress(request: Request, deadlineMs = defaultDeadlineMs): Promise<Response | undefined> {
  const deadline = Date.now() + deadlineMs;
  const host = await hostOf(request.url);
  if (host === undefined) return undefined;
  return fromResponseMessage(await exchange(host, await toRequestMessage(request), deadline));
}

/** Returns the host of the longest address that `url` lies under. */
async function hostOf(url: string): Promise<LiveHost | undefined> {
  const candidates = (await liveHosts()).filter(({ address }) => isUnder(url, address));
  return candidates.sort((a, b) => b.address.length - a.address.length)[0];
}

async function exchange(host: LiveHost, request: RequestMessage, deadline: number): Promise<ResponseMessage> {
  const id = crypto.randomUUID();
  const answered = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<ResponseMessage>();
  waiting.set(id, { deadline, resolve, reject });
  const timer = setTimeout(() => reject(late()), Math.max(0, deadline - Date.now()));
  whenGone(host, answered.signal, () => reject(unreachable('Its tab was closed before it answered.')));
  channel ??= openChannel(receive);
  channel.post({ type: 'request', id, hostId: host.hostId, deadline, request });
  try {
    return await promise;
  } finally {
    waiting.delete(id);
    clearTimeout(timer);
    answered.abort();
  }
}

/**
 * Calls `gone` when the host is gone: a host holds its lock for as long as it listens, so a share of the lock is
 * granted only then.
 */
function whenGone({ lockName }: LiveHost, signal: AbortSignal, gone: () => void): void {
  navigator.locks.request(lockName, { mode: 'shared', signal }, gone).catch(() => {
    // An answer ends the wait by the signal. Any other refusal means that the host cannot be watched.
    if (!signal.aborted) gone();
  });
}

function receive(message: BridgeMessage): void {
  if (message.type === 'request') return;
  const sender = waiting.get(message.id);
  if (message.type === 'failure') sender?.reject(unreachable('It could not answer. Try again.'));
  // A hidden tab's timers are late, so an answer can come after its deadline and still before the timer.
  else if (sender !== undefined && Date.now() > sender.deadline) sender.reject(late());
  else sender?.resolve(message.response);
}

function late(): ParleyError {
  return unreachable('It did not answer in time. Try again.');
}

function unreachable(detail: string): ParleyError {
  return new ParleyError('peer_unreachable', detail);
}
