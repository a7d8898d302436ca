import type { WebSocket } from 'ws';
import { LimitReached } from '../../http/limit-reached.ts';
import type { AgentId, Bytes } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError, toldToOthers } from '../../protocol/errors.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import { decodeToRelay, type FromRelay, sendFrame, type ToRelay } from '../client/frames.ts';
import { PartReceiver, PartSender } from '../client/parts.ts';
import { isHandshake, type RelayedAnswer, type RelayedRequest } from './agent-router.ts';
import type { Budget, Hold } from './budget.ts';
import type { FrameCount } from './frame-memory.ts';
import type { RelayLimits } from './limits.ts';
import { Places } from './places.ts';

/** WebSocket close codes of this relay (RFC 6455, section 7.4.2: 4000 to 4999 are private). */
const closeCodes = { replaced: 4001, refused: 4003, leaving: 1001, malformed: 1002, slow: 1008 } as const;

/** Bytes of a frame that is not whole that have to come between two heartbeats. */
const leastBytes = 16 * 1024;
/** Frames between two heartbeats that serve nothing: signs of life, answers that nobody waits for. */
const mostIdle = 5_000;
/** Bytes that may wait for a connection beside bodies: past them the agent does not read. */
const mostWaiting = 4 * 1024 * 1024;
/** Milliseconds that a connection has to close when it is told to. */
const closingMs = 2_000;

type RequestHeader = Extract<FromRelay, { type: 'request' }>;
type AnswerHeader = Extract<ToRelay, { type: 'answer' }>;

const empty = new Uint8Array(0);

/** An agent's WebSocket as it was taken in. */
export interface AgentLink {
  readonly socket: WebSocket;
  /** Bytes that have come so far, those of a message that is not whole yet among them. */
  readonly bytesRead: () => number;
  /** Counts the bytes of a frame that is not whole yet. */
  readonly frames: FrameCount;
  /** True when bodies travel in parts, and events with them; an agent of before takes whole frames. */
  readonly hasParts: boolean;
}

interface UnderWay {
  readonly hold: Hold;
  settle(answer: RelayedAnswer): void;
  fail(error: ParleyError): void;
}

/** A connection that has proved whose it is: carries requests to the agent and its answers back, and looks at neither. */
export class AgentSocket {
  readonly agentId: AgentId;
  readonly #socket: WebSocket;
  readonly #link: AgentLink;
  #readBefore = 0;
  readonly #limits: RelayLimits;
  readonly #bytes: Budget;
  readonly #places: Places;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #sender = new PartSender<RequestHeader>((header, part) => this.#send(header, part));
  readonly #receiver = new PartReceiver<AnswerHeader>({
    most: wireLimits.messageBody,
    accepts: (id, bytes) => this.#accepts(id, bytes),
    whole: ({ id, status, headers }, body) => this.#underWay.get(id)?.settle({ status, headers, body }),
    taken: (bytes) => this.#send({ type: 'taken', bytes }),
  });
  readonly #heartbeat: NodeJS.Timeout;
  #nextId = 1;
  #lastHeard = Date.now();
  #idleFrames = 0;
  /** True when no frame has come whole since the last look, and one was begun before it. */
  #isFrameOld = false;
  /** True once it is told that it is over; what is under way may still be answered. */
  isLeaving = false;

  constructor(agentId: AgentId, link: AgentLink, limits: RelayLimits, bytes: Budget, closed: () => void) {
    this.agentId = agentId;
    this.#link = link;
    this.#socket = link.socket;
    this.#limits = limits;
    this.#bytes = bytes;
    this.#places = new Places(limits);
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs);
    this.#socket.on('message', (data: unknown, isBinary: boolean) => this.#hear(isBinary ? data : undefined));
    for (const sign of ['ping', 'pong'] as const) this.#socket.on(sign, () => this.#idle());
    this.#socket.on('close', () => {
      clearInterval(this.#heartbeat);
      link.frames.whole();
      this.#sender.end();
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
    if (this.#socket.bufferedAmount > this.#limits.bytesWaiting) {
      throw new LimitReached(
        'unread_by_agent',
        'The agent that was asked does not read what it is sent. Try again in a second.',
        {
          retryAfter: 1,
        },
      );
    }
    const owner = { agentId: this.agentId, address: request.address, isHandshake: isHandshake(request) };
    const id = this.#nextId++;
    const leave = this.#places.take(owner, (why) => this.#abandon(id, why));
    const hold = request.hold ?? this.#bytes.hold(owner);
    try {
      hold.atLeast(request.body?.length ?? 0);
      return await this.#carry(id, request, hold);
    } finally {
      this.#underWay.delete(id);
      this.#sender.drop(id);
      this.#receiver.drop(id);
      leave();
      if (request.hold === undefined) hold.end();
    }
  }

  async #carry(
    id: number,
    { method, path, headers, body, signal }: RelayedRequest,
    hold: Hold,
  ): Promise<RelayedAnswer> {
    let timeout: NodeJS.Timeout | undefined;
    const abandon = () => this.#abandon(id, lost());
    try {
      return await new Promise<RelayedAnswer>((resolve, reject) => {
        this.#underWay.set(id, { hold, settle: resolve, fail: reject });
        timeout = setTimeout(abandon, this.#limits.answerMs);
        signal.addEventListener('abort', abandon, { once: true });
        const passed = headers.map(([name, value]): [string, string] => [name, value]);
        const header: RequestHeader = { type: 'request', id, method, path, headers: passed, has_body: body !== null };
        if (this.#link.hasParts) this.#sender.send(header, body ?? empty);
        else this.#sendWhole(header, body ?? empty);
      });
    } finally {
      clearTimeout(timeout);
      signal.removeEventListener('abort', abandon);
    }
  }

  /** Sends a whole frame to an agent of before: it is held until the connection has taken it, also when nobody waits any more. */
  #sendWhole(header: RequestHeader, body: Bytes): void {
    const copy = this.#bytes.hold({ agentId: this.agentId, isHandshake: isHandshake(header) });
    copy.take(body.length);
    this.#send(header, body, () => copy.end());
  }

  #abandon(id: number, why: ParleyError): void {
    this.#underWay.get(id)?.fail(why);
    this.#send({ type: 'cancel', id });
  }

  /** True when somebody waits for the answer and there is room for `bytes` more of it. */
  #accepts(id: number, bytes: number): boolean {
    const waiting = this.#underWay.get(id);
    try {
      waiting?.hold.take(bytes);
      return waiting !== undefined;
    } catch (error) {
      this.#abandon(id, asParleyError(error));
      return false;
    }
  }

  /** Tells events or a notice, a whole frame; an agent of before follows streams. */
  tell(frame: Bytes): void {
    if (!this.#link.hasParts || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#isDeaf) this.#socket.terminate();
    else this.#socket.send(frame);
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
    this.#isFrameOld = false;
    this.#link.frames.whole();
    try {
      const { header, body } = decodeToRelay(data);
      // An answer to what nobody waits for any more has no effect.
      if (header.type === 'pong' || ('id' in header && !this.#underWay.has(header.id))) this.#idle();
      if (header.type === 'answer') this.#receiver.begin(header, body);
      else if (header.type === 'part') this.#receiver.add(header.id, body, header.more);
      else if (header.type === 'taken') this.#sender.taken(header.bytes);
    } catch {
      this.#socket.close(closeCodes.malformed);
    }
  }

  /** Counts a frame that serves nothing; a few are allowed. */
  #idle(): void {
    this.#idleFrames += 1;
    if (this.#idleFrames > mostIdle || this.#isDeaf) this.#socket.terminate();
  }

  /** True when more waits for an agent that takes parts than a window and some words. */
  get #isDeaf(): boolean {
    return this.#link.hasParts && this.#socket.bufferedAmount > mostWaiting;
  }

  #beat(): void {
    this.#idleFrames = 0;
    const read = this.#link.bytesRead();
    if (read > this.#readBefore) this.#lastHeard = Date.now();
    // A frame that was begun before the last look has to come on.
    const isStuck = this.#isFrameOld && read - this.#readBefore < leastBytes;
    this.#isFrameOld = this.#link.frames.bytes() > 0;
    this.#readBefore = read;
    const silentFor = Date.now() - this.#lastHeard;
    if (isStuck || silentFor > this.#limits.heartbeatMs * 2.5) this.#socket.terminate();
    else this.#send({ type: 'ping' });
  }

  #close(code: keyof typeof closeCodes, word: FromRelay): void {
    this.#send(word);
    this.#socket.close(closeCodes[code], code);
    setTimeout(() => this.#socket.terminate(), closingMs).unref();
  }

  /** `flushed` is called once the frame is not held here any more. */
  #send(header: FromRelay, body: Uint8Array = empty, flushed: () => void = () => undefined): void {
    if (this.#isDeaf) this.#socket.terminate();
    if (this.#socket.readyState === this.#socket.OPEN) sendFrame(this.#socket, header, body, flushed);
    else flushed();
  }
}

function lost(): ParleyError {
  return new ParleyError('peer_unreachable', 'The agent’s connection ended before it answered. Trying again is safe.', {
    retryAfter: 1,
  });
}
