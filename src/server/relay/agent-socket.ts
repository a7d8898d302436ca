import type { WebSocket } from 'ws';
import { decodeToRelay, encodeFrame, type FromRelay } from '../../network/relay/frames.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import { ParleyError, toldToOthers } from '../../protocol/errors.ts';
import type { Budget } from './budget.ts';
import type { RelayLimits } from './limits.ts';
import type { RelayedAnswer, RelayedRequest } from './relayed.ts';

/** WebSocket close codes of this relay (RFC 6455, section 7.4.2: 4000 to 4999 are private). */
const closeCodes = { replaced: 4001, refused: 4003, leaving: 1001, malformed: 1002, slow: 1008 } as const;

/** Milliseconds that a connection has to close when it is told to. */
const closingMs = 2_000;

interface UnderWay {
  settle(answer: RelayedAnswer): void;
  fail(error: ParleyError): void;
}

/** A connection that has proved whose it is: carries requests to the agent and its answers back, and looks at neither. */
export class AgentSocket {
  readonly agentId: AgentId;
  readonly #socket: WebSocket;
  /** Bytes that have come so far, those of a message that is not whole yet among them. */
  readonly #bytesRead: () => number;
  #readBefore = 0;
  readonly #limits: RelayLimits;
  readonly #bytes: Budget;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #heartbeat: NodeJS.Timeout;
  #nextId = 1;
  #lastHeard = Date.now();
  /** True once it is told that it is over; what is under way may still be answered. */
  isLeaving = false;

  constructor(
    agentId: AgentId,
    { socket, bytesRead }: { readonly socket: WebSocket; readonly bytesRead: () => number },
    limits: RelayLimits,
    bytes: Budget,
    closed: () => void,
  ) {
    this.agentId = agentId;
    this.#socket = socket;
    this.#bytesRead = bytesRead;
    this.#limits = limits;
    this.#bytes = bytes;
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs);
    socket.on('message', (data: unknown, isBinary: boolean) => this.#hear(isBinary ? data : undefined));
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      for (const { fail } of this.#underWay.values()) fail(lost());
      closed();
    });
    this.#send({ type: 'welcome', heartbeat_ms: limits.heartbeatMs });
  }

  get requestsUnderWay(): number {
    return this.#underWay.size;
  }

  /** Carries a request once. Rejects with `rate_limited`, or with `peer_unreachable` when no answer came. */
  async ask(request: RelayedRequest): Promise<RelayedAnswer> {
    if (this.#socket.readyState !== this.#socket.OPEN) throw lost();
    if (
      this.#underWay.size >= this.#limits.requestsPerAgent ||
      this.#socket.bufferedAmount > this.#limits.bytesWaiting
    ) {
      throw new ParleyError('rate_limited', 'This agent has as much to answer as it can. Try again in a second.', {
        retryAfter: 1,
      });
    }
    const { method, path, headers, body, signal } = request;
    const size = body?.length ?? 0;
    this.#bytes.take(size);
    let isHeld = true;
    const flushed = () => {
      if (isHeld) this.#bytes.give(size);
      isHeld = false;
    };
    const id = this.#nextId++;
    let timeout: NodeJS.Timeout | undefined;
    const abandon = () => {
      this.#underWay.get(id)?.fail(lost());
      this.#send({ type: 'cancel', id });
    };
    try {
      return await new Promise<RelayedAnswer>((resolve, reject) => {
        this.#underWay.set(id, { settle: resolve, fail: reject });
        timeout = setTimeout(abandon, this.#limits.answerMs);
        signal.addEventListener('abort', abandon, { once: true });
        this.#send(
          { type: 'request', id, method, path, headers: headers.map(([n, v]) => [n, v]), has_body: body !== null },
          body ?? undefined,
          flushed,
        );
      });
    } finally {
      clearTimeout(timeout);
      signal.removeEventListener('abort', abandon);
      this.#underWay.delete(id);
    }
  }

  /** Says that a newer connection of the agent has taken over, and closes. */
  replace(): void {
    this.#close('replaced', { type: 'replaced' });
  }

  /** Says why the agent is served no more, and closes. */
  refuse(error: ParleyError): void {
    const { code, detail } = toldToOthers(error);
    this.#close('refused', { type: 'refused', code, detail });
  }

  /** Says that the server goes away: nothing new is asked, and what is under way may still be answered. */
  leave(): void {
    this.isLeaving = true;
    this.#send({ type: 'leaving' });
  }

  close(): void {
    this.#socket.close(closeCodes.leaving);
  }

  #hear(data: unknown): void {
    this.#lastHeard = Date.now();
    try {
      const { header, body } = decodeToRelay(data);
      if (header.type !== 'answer') return;
      const { id, status, headers } = header;
      // An answer to what nobody waits for any more has no effect.
      this.#underWay.get(id)?.settle({ status, headers, body });
    } catch {
      this.#socket.close(closeCodes.malformed);
    }
  }

  #beat(): void {
    const read = this.#bytesRead();
    if (read > this.#readBefore) this.#lastHeard = Date.now();
    this.#readBefore = read;
    const silentFor = Date.now() - this.#lastHeard;
    if (silentFor > this.#limits.heartbeatMs * 2.5) this.#socket.terminate();
    else this.#send({ type: 'ping' });
  }

  #close(code: keyof typeof closeCodes, word: FromRelay): void {
    this.#send(word);
    this.#socket.close(closeCodes[code], code);
    setTimeout(() => this.#socket.terminate(), closingMs).unref();
  }

  /** `flushed` is called once the frame is not held here any more. */
  #send(header: FromRelay, body?: Uint8Array, flushed: () => void = () => undefined): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeFrame(header, body), flushed);
    else flushed();
  }
}

function lost(): ParleyError {
  return new ParleyError('peer_unreachable', 'The agent’s connection ended before it answered. Trying again is safe.');
}
