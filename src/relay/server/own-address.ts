import type { Context } from 'hono';
import { addressOf } from '../../http/server/client-address.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import { isHandshake } from './agent-router.ts';
import { readWithin, requireAllowed, sendWithin } from './bodies.ts';
import { sessionPath } from './body-check.ts';
import { Budget } from './budget.ts';
import { type RelayLimits, standardRelayLimits } from './limits.ts';
import { Places } from './places.ts';

/** Answers at the address of one agent within the limits that a relay gives each of its agents. */
export class OwnAddress {
  readonly bytes: Budget;
  readonly #places: Places;
  readonly #agentId: string;

  constructor(agentId: string, limits: RelayLimits = standardRelayLimits) {
    this.#agentId = agentId;
    this.bytes = new Budget(limits.bytesUnderWay, limits.progressMs, limits.shareOfAddress);
    this.#places = new Places(limits);
  }

  /** Lets go what does not move from now on, until the function it returns is called. */
  start(): () => void {
    return this.bytes.start();
  }

  /**
   * Answers a request by `answer`, which gets its whole body. Throws `message_too_large`, and `rate_limited` when the
   * share of the address it comes from is used up.
   */
  async answer(c: Context, answer: (request: Request) => Promise<Response>): Promise<Response> {
    const { method, url, path, raw } = c.req;
    if (method !== 'POST') return answer(raw);
    const owner = { agentId: this.#agentId, address: addressOf(c, false), isHandshake: isHandshake({ path }) };
    const limit = owner.isHandshake ? wireLimits.handshakeBody : wireLimits.messageBody;
    requireAllowed(c.req.header('content-length'), limit);
    const hold = this.bytes.hold(owner);
    let leave = () => {};
    try {
      const body = await readWithin(hold, c, limit, async (sessionId) => {
        const question = new Request(new URL(sessionPath(path, sessionId), url), { signal: raw.signal });
        return (await answer(question)).status !== 404;
      });
      const { promise: ended, reject: end } = Promise.withResolvers<never>();
      leave = this.#places.take(owner, end);
      const request = new Request(url, { method, headers: raw.headers, body, signal: raw.signal });
      const response = await Promise.race([answer(request), ended]);
      const answered = new Uint8Array(await response.arrayBuffer());
      hold.take(answered.length);
      return sendWithin(hold, c, { status: response.status, headers: response.headers }, answered);
    } catch (error) {
      hold.end();
      throw error;
    } finally {
      leave();
    }
  }
}
