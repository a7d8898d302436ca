import { fromRequestMessage, toResponseMessage } from '../../http/http-messages.ts';
import { lockRefusal } from '../../platform/lock-refusal.ts';
import { type BridgeChannel, type BridgeMessage, openChannel } from './channel.ts';
import { hostLockName, liveHosts, normalAddress, ownerLockName } from './locks.ts';

/** Milliseconds to wait for a tab that is just closing or reloading. */
const patienceMs = 1_000;

/** An address that this tab answers at. */
export interface Hosting {
  /** Stops answering and frees the address; requests under way are refused at once. */
  release(): void;
}

/**
 * Answers at `address` for every tab of this origin, until released or until another tab takes the address over.
 * Resolves once requests arrive. Rejects with `agent_in_use` when another tab has the address and `takeOver` is
 * false, and with `invalid_input` when the address is no URL.
 */
export async function hostAddress(
  address: string,
  serve: (request: Request) => Promise<Response>,
  { takeOver }: { readonly takeOver: boolean },
): Promise<Hosting> {
  const base = normalAddress(address);
  const { promise, resolve, reject } = Promise.withResolvers<Hosting>();
  const ended = Promise.withResolvers<void>();
  const options: LockOptions = takeOver ? { steal: true } : { signal: AbortSignal.timeout(patienceMs) };
  navigator.locks
    .request(ownerLockName(base), options, async () => {
      if (takeOver) await endHosts(base);
      await answerUntil(ended.promise, base, serve, () => resolve({ release: ended.resolve }));
    })
    .catch((cause: unknown) => {
      ended.resolve();
      reject(lockRefusal(cause));
    });
  return promise;
}

/** Ends whoever still hosts a stolen address, also in a tab that hangs: whoever waits for it is refused at once. */
async function endHosts(base: string): Promise<void> {
  const hosts = (await liveHosts()).filter(({ address }) => address === base);
  await Promise.all(hosts.map(({ lockName }) => navigator.locks.request(lockName, { steal: true }, () => undefined)));
}

async function answerUntil(
  ended: Promise<void>,
  base: string,
  serve: (request: Request) => Promise<Response>,
  listening: () => void,
): Promise<void> {
  const hostId = crypto.randomUUID();
  const channel = openChannel((message) => {
    if (message.type !== 'request' || message.hostId !== hostId || Date.now() > message.deadline) return;
    void answer(message, serve, channel);
  });
  // Whoever sees this lock may send: it is taken after the channel is open, and freed before it closes.
  try {
    await navigator.locks.request(hostLockName(hostId, base), () => {
      listening();
      return ended;
    });
  } finally {
    channel.close();
  }
}

async function answer(
  { id, request }: Extract<BridgeMessage, { type: 'request' }>,
  serve: (request: Request) => Promise<Response>,
  channel: BridgeChannel,
): Promise<void> {
  let message: BridgeMessage;
  try {
    message = { type: 'answer', id, response: await toResponseMessage(await serve(fromRequestMessage(request))) };
  } catch {
    // Whatever the application threw is its own: the other tab learns only that there is no answer.
    message = { type: 'failure', id };
  }
  channel.post(message);
}
