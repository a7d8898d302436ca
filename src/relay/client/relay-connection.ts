import type { RelayChallenge, Scheduler } from '../../agent/contracts/ports.ts';
import type { LineTrouble, LineView } from '../../agent/contracts/views.ts';
import { httpNetwork } from '../../network/http.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { LineEvents, LineNotices } from './connection-events.ts';
import { wouldTakeWebSocket } from './probe.ts';
import { RelaySocket } from './relay-socket.ts';
import { type Waiting, whenTrue } from './when-true.ts';

/** Milliseconds before a first new try, and at most; each try waits a random part of twice the last. */
const firstRetryMs = 500;
const longestRetryMs = 15_000;

/** Connections in a row that did not open after which it is looked for the reason. */
const unopenedBeforeProbe = 2;

/** What a line is given. */
export interface LineOptions {
  /** Base URLs of relays that share their agents; the first is tried first. */
  readonly relays: readonly string[];
  readonly agentId: string;
  /** The agent's own address; requests are answered as if they had come there. */
  readonly address: string;
  /** Signs a relay's challenge with the agent's key. */
  prove(challenge: RelayChallenge): Promise<Bytes>;
  serve(request: Request): Promise<Response>;
  changed(line: LineView): void;
  /** Hears the Controller's events that the line carries. */
  readonly events?: LineEvents;
  /** Hears the notices of the delivery service that it carries. */
  readonly notices?: LineNotices;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
}

/** An agent's standing connection to one of its relays: made again whenever it is lost, at another relay when one fails. */
export class RelayConnection {
  readonly #options: LineOptions;
  #at = 0;
  #attempt = 0;
  #connection: RelaySocket | undefined;
  #timer: { cancel(): void } | undefined;
  #view: LineView;
  #isClosed = false;
  /** Connections in a row that did not open. */
  #unopened = 0;
  #trouble: LineTrouble | undefined;
  readonly #waiting = new Set<Waiting>();

  constructor(options: LineOptions) {
    this.#options = options;
    this.#view = { status: 'connecting', relay: this.relay };
  }

  /** Returns the relay that is used, or tried. */
  get relay(): string {
    return this.#options.relays[this.#at] ?? '';
  }

  get view(): LineView {
    return this.#view;
  }

  /** Connects, now and whenever the connection is lost. Also takes the agent back after it was replaced. */
  open(): void {
    if (this.#connection !== undefined || this.#isClosed) return;
    this.#timer?.cancel();
    this.#show({ status: 'connecting', relay: this.relay, ...this.#reason() });
    const { agentId, address, prove, serve, scheduler, events, notices } = this.#options;
    const connection = new RelaySocket({
      relay: this.relay,
      agentId,
      address,
      prove,
      serve,
      scheduler,
      events,
      notices,
      welcomed: () => {
        this.#attempt = 0;
        this.#unopened = 0;
        this.#trouble = undefined;
        this.#show({ status: 'connected', relay: this.relay, since: this.#options.now() });
      },
      ended: (why) => {
        if (this.#connection !== connection) return;
        this.#connection = undefined;
        if (this.#isClosed) return;
        if (why.kind === 'replaced') this.#show({ status: 'replaced', relay: this.relay });
        else if (why.kind === 'refused') this.#show({ status: 'refused', relay: this.relay, detail: why.detail });
        else this.#retry(why.wasOpen);
      },
    });
    this.#connection = connection;
  }

  /** Tries at once when a new try is waiting: the network has come back. */
  hurry(): void {
    if (this.#view.status === 'waiting') this.open();
  }

  /**
   * Resolves once the line is connected, or after `ms` milliseconds; at once when no try is under way, or when WebSockets are
   * known not to pass: HTTP does.
   */
  settled(ms: number): Promise<void> {
    return whenTrue(() => !this.isInterrupted, this.#waiting, this.#options.scheduler, ms);
  }

  /** True while a try is under way or waits, unless WebSockets are known not to pass: HTTP does. */
  get isInterrupted(): boolean {
    const isUnderWay = this.#view.status === 'connecting' || this.#view.status === 'waiting';
    return isUnderWay && !this.#isClosed && this.#trouble === undefined;
  }

  /** Ends the line for good. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#connection?.close();
    this.#connection = undefined;
    for (const { look } of [...this.#waiting]) look();
  }

  #retry(wasOpen: boolean): void {
    const failed = this.relay;
    this.#unopened = wasOpen ? 0 : this.#unopened + 1;
    if (this.#unopened >= unopenedBeforeProbe) void this.#findTrouble(failed);
    const { relays, now, chance, scheduler } = this.#options;
    this.#at = (this.#at + 1) % relays.length;
    // Every relay of the group gets its turn before the wait grows.
    const round = Math.floor(this.#attempt / relays.length);
    this.#attempt += 1;
    const most = Math.min(longestRetryMs, firstRetryMs * 2 ** round);
    const wait = Math.round(most * (0.25 + 0.75 * chance()));
    this.#show({
      status: 'waiting',
      relay: this.relay,
      retryAt: now() + wait,
      attempt: this.#attempt,
      ...this.#reason(),
    });
    this.#timer = scheduler.after(wait, () => this.open());
  }

  /** Says why no connection opens, when that can be told; trying goes on. */
  async #findTrouble(relay: string): Promise<void> {
    const isStopped = await wouldTakeWebSocket(httpNetwork, relay);
    if (this.#isClosed || this.#unopened === 0) return;
    this.#trouble = isStopped ? 'no_websocket' : undefined;
    const { status } = this.#view;
    if (status === 'waiting' || status === 'connecting') this.#show({ ...this.#view, ...this.#reason() });
  }

  #reason(): { readonly reason?: LineTrouble } {
    return this.#trouble === undefined ? {} : { reason: this.#trouble };
  }

  #show(view: LineView): void {
    this.#view = view;
    this.#options.changed(view);
    for (const waiting of this.#waiting) waiting.look();
  }
}
