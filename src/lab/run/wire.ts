import type { Network } from '../../agent/contracts/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { difference, kindOf, readObject } from './body.ts';
import type { LabMessage, LabParty } from './scenario.ts';

/** An answer as it travels. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What is delivered instead of `body`, where no text stands for it: it need not be UTF-8. */
  readonly bytes?: Bytes;
  /** What the attacker did with it, in a few words; undefined when that is seen from the change alone. */
  readonly deed?: string;
}

/** A request in the attacker's hands. */
export interface Hop {
  /** Its number in the log. */
  readonly number: number;
  readonly from: LabParty;
  readonly to: LabParty;
  readonly path: string;
  readonly kind: LabMessage['kind'];
  readonly body: string;
  /** Forwards it, or another body instead, which need not be UTF-8; every call but the first is a repetition. `deed` says why. */
  forward(body?: string | Bytes, deed?: string): Promise<Answer>;
  /** Keeps it from its receiver; `deed` says what becomes of it. */
  keep(deed: string): void;
}

/** What the attacker does with a request and its answer: the answer that its sender gets, or an error when none comes. */
export type Attack = (hop: Hop) => Promise<Answer>;

/** Whoever answers at an address. */
export interface Endpoint {
  readonly party: LabParty;
  /** `from` is whose network the request came by. */
  fetch(request: Request, from: LabParty): Promise<Response>;
}

/** Forwards everything: the attacker only reads. */
export const readOnly: Attack = (hop) => hop.forward();

/** Ends a request without an answer. */
export function dropped(): ParleyError {
  return new ParleyError('peer_unreachable', 'Nothing came back.');
}

/** The line between the agents, with the attacker on it: all that passes is in `log`. */
export class Wire {
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #log: LabMessage[] = [];
  /** What the attacker does now. */
  #attack: Attack = readOnly;

  /** `now` gives milliseconds since 1970; `changed` is called when the log has grown or changed. */
  constructor(now: () => number, changed: () => void = () => undefined) {
    this.#now = now;
    this.#changed = changed;
  }

  /** Has the attacker do this with everything that passes from now on. */
  attackBy(attack: Attack): void {
    this.#attack = attack;
  }

  get log(): readonly LabMessage[] {
    return this.#log;
  }

  /** Forgets what passed, so that the next attempt starts at number 1. */
  clear(): void {
    this.#log.length = 0;
  }

  /** Puts somebody at an address, or nobody. Controller traffic is carried and not logged: it is not the agents' line. */
  listen(address: string, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) this.#endpoints.delete(address);
    else this.#endpoints.set(address, endpoint);
  }

  /** Returns the network of one party. */
  networkOf(from: LabParty): Network {
    return { send: (request) => this.#carry(from, request) };
  }

  async #carry(from: LabParty, request: Request): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    const endpoint = this.#endpoints.get(origin);
    if (endpoint === undefined) throw new ParleyError('peer_unreachable', 'Nobody answers at this address.');
    if (endpoint.party === 'controller') return endpoint.fetch(request, from);
    const body = await request.text();
    const index = this.#add({ from, to: endpoint.party, kind: kindOf(body), sent: body, altered: [], deed: '' });
    let forwarded = 0;
    let original: Answer | undefined;
    const keep = (deed: string) => this.#change(index, { deed });
    const hop: Hop = {
      keep,
      number: index + 1,
      from,
      to: endpoint.party,
      path: pathname,
      kind: kindOf(body),
      body,
      forward: async (carried = body, deed = carried === body ? '' : 'altered') => {
        forwarded += 1;
        const delivered = textOf(carried);
        if (forwarded === 1) this.#change(index, { delivered, altered: changesOf(body, delivered), deed });
        else
          this.#add({
            from: 'attacker',
            to: endpoint.party,
            kind: kindOf(delivered),
            delivered,
            altered: [],
            deed: deed || 'replayed',
          });
        const answer = await this.#deliver(endpoint, request.url, carried, from);
        original ??= answer;
        return answer;
      },
    };
    let answer: Answer;
    try {
      answer = await this.#attack(hop);
    } catch (cause) {
      if (forwarded === 0) keep('dropped');
      else if (original !== undefined) {
        this.#add({
          from: endpoint.party,
          to: from,
          kind: kindOf(original.body),
          sent: original.body,
          httpStatus: original.status,
          altered: [],
          deed: 'dropped',
        });
      }
      throw cause;
    }
    this.#logAnswer(endpoint.party, from, original, answer);
    return toResponse(answer);
  }

  #logAnswer(from: LabParty, to: LabParty, original: Answer | undefined, answer: Answer): void {
    const delivered = answer.bytes === undefined ? answer.body : textOf(answer.bytes);
    const isChanged = original !== undefined && original.body !== delivered;
    this.#add({
      from: original === undefined ? 'attacker' : from,
      to,
      kind: kindOf(original?.body ?? delivered),
      ...(original === undefined ? {} : { sent: original.body }),
      delivered,
      httpStatus: answer.status,
      altered: original === undefined ? [] : changesOf(original.body, delivered),
      deed: answer.deed ?? (original === undefined ? 'made up' : isChanged ? 'altered' : ''),
    });
  }

  /**
   * Sends a body of the attacker's own to an agent, and returns the answer. Rejects with `peer_unreachable` when
   * nobody listens there.
   */
  async inject(address: string, path: string, body: string, deed: string): Promise<Answer> {
    const endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) throw new ParleyError('peer_unreachable', 'Nobody answers at this address.');
    const { party } = endpoint;
    this.#add({ from: 'attacker', to: party, kind: kindOf(body), delivered: body, altered: [], deed });
    const answer = await this.#deliver(endpoint, address + path, body, 'attacker');
    this.#add({
      from: party,
      to: 'attacker',
      kind: kindOf(answer.body),
      sent: answer.body,
      delivered: answer.body,
      httpStatus: answer.status,
      altered: [],
      deed: '',
    });
    return answer;
  }

  /** Writes down a message that no agent of ours speaks. */
  record(message: Omit<LabMessage, 'number' | 'at'>): void {
    this.#add(message);
  }

  async #deliver(endpoint: Endpoint, url: string, body: string | Bytes, from: LabParty): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const response = await endpoint.fetch(new Request(url, { method: 'POST', headers, body }), from);
    return { status: response.status, body: await response.text() };
  }

  #add(message: Omit<LabMessage, 'number' | 'at'>): number {
    this.#log.push({ number: this.#log.length + 1, at: this.#now(), ...message });
    this.#changed();
    return this.#log.length - 1;
  }

  #change(index: number, change: Partial<LabMessage>): void {
    const message = this.#log[index];
    if (message === undefined) return;
    this.#log[index] = { ...message, ...change };
    this.#changed();
  }
}

/** Returns a body as text; bytes that are no UTF-8 become U+FFFD. */
function textOf(body: string | Bytes): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

/** Returns the paths of the members that differ; none when what was delivered is no JSON object, which has no members. */
function changesOf(sent: string, delivered: string): readonly string[] {
  return readObject(delivered) === undefined ? [] : difference(sent, delivered);
}

/** Makes a Response of an answer that the attacker made or changed. */
function toResponse({ status, body, bytes }: Answer): Response {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  return new Response(bytes ?? body, { status, headers: { 'content-type': type } });
}
