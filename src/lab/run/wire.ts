import type { Network } from '../../agent/contracts/ports.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { envelopeTypes, formOfType, type MessageBody } from '../../protocol/wire/envelope-form.ts';
import { difference, kindOf, unwritten, type WrittenBody, written } from './body.ts';
import type { LabMessage, LabParty } from './scenario.ts';

/** An answer as it travels. */
export interface Answer extends WrittenBody {
  readonly status: number;
  /** What is delivered instead of `body`, where nothing written stands for it: it need not be UTF-8. */
  readonly instead?: MessageBody;
  /** What the attacker did with it, in a few words; undefined when that is seen from the change alone. */
  readonly deed?: string;
}

/** What goes on instead of a body: text, which goes on as JSON, or a body with the form that it says it has. */
export type Carried = string | MessageBody;

/** A request in the attacker's hands. */
export interface Hop extends WrittenBody {
  /** Its number in the log. */
  readonly number: number;
  readonly from: LabParty;
  readonly to: LabParty;
  readonly path: string;
  readonly kind: LabMessage['kind'];
  /** Forwards it, or another body instead, which need not be UTF-8; every call but the first is a repetition. `deed` says why. */
  forward(body?: Carried, deed?: string): Promise<Answer>;
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
    const original = {
      form: formOfType(request.headers.get('content-type')),
      bytes: new Uint8Array(await request.arrayBuffer()),
    };
    const { body, form } = written(original);
    const kind = kindOf(body, form);
    const index = this.#add({ from, to: endpoint.party, kind, ...asSent({ body, form }), altered: [], deed: '' });
    let forwarded = 0;
    let answered: Answer | undefined;
    const keep = (deed: string) => this.#change(index, { deed });
    const hop: Hop = {
      keep,
      number: index + 1,
      from,
      to: endpoint.party,
      path: pathname,
      kind,
      body,
      form,
      forward: async (carried = body, deed = carried === body ? '' : 'altered') => {
        forwarded += 1;
        const message = carried === body ? original : bodyOf(carried);
        const delivered = written(message);
        const altered = difference({ body, form }, delivered);
        if (forwarded === 1) this.#change(index, { ...asDelivered(delivered), altered, deed });
        else
          this.#add({
            from: 'attacker',
            to: endpoint.party,
            kind: kindOf(delivered.body, delivered.form),
            ...asDelivered(delivered),
            altered: [],
            deed: deed || 'replayed',
          });
        const answer = await this.#deliver(endpoint, request.url, message, from);
        answered ??= answer;
        return answer;
      },
    };
    let answer: Answer;
    try {
      answer = await this.#attack(hop);
    } catch (cause) {
      if (forwarded === 0) keep('dropped');
      else if (answered !== undefined) {
        this.#add({
          from: endpoint.party,
          to: from,
          kind: kindOf(answered.body, answered.form),
          ...asSent(answered),
          httpStatus: answered.status,
          altered: [],
          deed: 'dropped',
        });
      }
      throw cause;
    }
    this.#logAnswer(endpoint.party, from, answered, answer);
    return toResponse(answer);
  }

  #logAnswer(from: LabParty, to: LabParty, original: Answer | undefined, answer: Answer): void {
    const delivered = answer.instead === undefined ? answer : written(answer.instead);
    const isChanged = original !== undefined && original.body !== delivered.body;
    const { body, form } = original ?? delivered;
    this.#add({
      from: original === undefined ? 'attacker' : from,
      to,
      kind: kindOf(body, form),
      ...(original === undefined ? {} : asSent(original)),
      ...asDelivered(delivered),
      httpStatus: answer.status,
      altered: original === undefined ? [] : difference(original, delivered),
      deed: answer.deed ?? (original === undefined ? 'made up' : isChanged ? 'altered' : ''),
    });
  }

  /**
   * Sends a body of the attacker's own to an agent, and returns the answer. Rejects with `peer_unreachable` when
   * nobody listens there.
   */
  async inject(address: string, path: string, carried: Carried, deed: string): Promise<Answer> {
    const endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) throw new ParleyError('peer_unreachable', 'Nobody answers at this address.');
    const { party } = endpoint;
    const message = bodyOf(carried);
    const { body, form } = written(message);
    this.#add({
      from: 'attacker',
      to: party,
      kind: kindOf(body, form),
      ...asDelivered({ body, form }),
      altered: [],
      deed,
    });
    const answer = await this.#deliver(endpoint, address + path, message, 'attacker');
    this.#add({
      from: party,
      to: 'attacker',
      kind: kindOf(answer.body, answer.form),
      ...asSent(answer),
      ...asDelivered(answer),
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

  async #deliver(endpoint: Endpoint, url: string, { form, bytes }: MessageBody, from: LabParty): Promise<Answer> {
    const headers = { 'content-type': envelopeTypes[form] };
    const response = await endpoint.fetch(new Request(url, { method: 'POST', headers, body: bytes }), from);
    const body = {
      form: formOfType(response.headers.get('content-type')),
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
    return { status: response.status, ...written(body) };
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

function bodyOf(carried: Carried): MessageBody {
  return typeof carried === 'string' ? unwritten({ body: carried }) : carried;
}

/** Returns a body as the log has what was sent. */
export function asSent({ body, form }: WrittenBody): Pick<LabMessage, 'sent' | 'sentForm'> {
  return { sent: body, ...(form === undefined ? {} : { sentForm: form }) };
}

function asDelivered({ body, form }: WrittenBody): Pick<LabMessage, 'delivered' | 'deliveredForm'> {
  return { delivered: body, ...(form === undefined ? {} : { deliveredForm: form }) };
}

/** Makes a Response of an answer that the attacker made or changed. */
function toResponse({ status, body, form, instead }: Answer): Response {
  const message = instead ?? unwritten({ body, form });
  const type = status === 200 ? envelopeTypes[message.form] : 'application/problem+json';
  return new Response(message.bytes, { status, headers: { 'content-type': type } });
}
