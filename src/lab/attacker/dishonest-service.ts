import * as v from 'valibot';
import { toLogEntry } from '../../agent/groups/service/log-entry.ts';
import type { FetchApp } from '../../controller/controller.ts';
import { nextHead } from '../../group/log/head.ts';
import { type EntriesAnswer, entriesAnswer } from '../../group/wire/delivery-answers.ts';
import { appendCall } from '../../group/wire/delivery-calls.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { parseMessage, parseObject } from '../../protocol/wire/parse.ts';
import type { LabParty } from '../run/scenario.ts';
import { type LabDelivery, type LabWorld, random } from '../run/world.ts';

/** An entry as the service hands it out. */
export type HandedOut = EntriesAnswer['entries'][number];

/** What the service makes of a log before it hands it out. Indices are counted anew behind it. */
export type LogView = (log: readonly HandedOut[]) => readonly HandedOut[];

const limit = 16 * 1_024 * 1_024;

/** A delivery service that gives each agent the log that the attacker wants it to see. */
export class DishonestService implements LabDelivery {
  readonly #honest: FetchApp;
  readonly #views = new Map<LabParty, LogView>();
  /** Entries that one agent has appended and only it is shown. */
  readonly #halves = new Map<LabParty, HandedOut[]>();

  /** KeyPackages that everybody gets who asks for one of an agent's. */
  readonly #handedOut = new Map<string, Bytes>();

  /** Agents that are told that nobody has invited them. */
  readonly #uninvited = new Set<LabParty>();

  private constructor(honest: FetchApp) {
    this.#honest = honest;
  }

  /** Takes the place of a world's honest service. */
  static in(world: LabWorld): DishonestService {
    const service = new DishonestService(world.honestDelivery);
    world.delivery = service;
    return service;
  }

  /** Shows an agent another log from now on. */
  show(to: LabParty, view: LogView): void {
    this.#views.set(to, view);
  }

  /** Keeps what an agent appends from the others, and tells it that all went well. Returns what it appends. */
  splitOff(party: LabParty): readonly HandedOut[] {
    const half: HandedOut[] = [];
    this.#halves.set(party, half);
    return half;
  }

  /** Gives everybody this KeyPackage who asks for one of an agent's, whoever's it is and however often. */
  handOut(agentId: string, keyPackage: Bytes): void {
    this.#handedOut.set(agentId, keyPackage);
  }

  /** Keeps every Welcome from an agent from now on. */
  hideInvitations(from: LabParty): void {
    this.#uninvited.add(from);
  }

  /** Is honest again. */
  repent(): void {
    this.#views.clear();
    this.#halves.clear();
    this.#handedOut.clear();
    this.#uninvited.clear();
  }

  async fetch(request: Request, from: LabParty): Promise<Response> {
    const { pathname } = new URL(request.url);
    const asked = this.#handedOut.get(takenFrom.exec(pathname)?.[1] ?? '');
    if (asked !== undefined) return Response.json({ key_package: encodeBase64(asked), last_resort: false });
    if (this.#uninvited.has(from) && pathname === '/delivery/inbox') return Response.json({ items: [], next: 0 });
    const isLiedTo = this.#views.has(from) || this.#halves.has(from);
    if (!isLiedTo || !pathname.startsWith('/delivery/groups/')) return this.#honest.fetch(request);
    // The position says nothing of a log that the agent has not seen.
    if (pathname.endsWith('/read')) return new Response(await request.text(), { headers: json });
    if (request.method === 'GET') return this.#entries(request, from);
    return this.#halves.has(from) ? this.#keepBack(request, from) : this.#honest.fetch(request);
  }

  async #entries(request: Request, to: LabParty): Promise<Response> {
    const url = new URL(request.url);
    const from = Number(url.searchParams.get('from'));
    url.searchParams.set('from', '0');
    const answer = await this.#honest.fetch(new Request(url, { headers: request.headers }));
    if (!answer.ok) return answer;
    const { entries, before, head } = parseMessage(entriesAnswer, parseObject(await bytesOf(answer), limit)).value;
    const log = entries.map(asHandedOut);
    const first = log[0]?.index ?? 0;
    const shown = (this.#views.get(to) ?? same)(log).map((entry, i) => ({ ...entry, index: first + i }));
    const page = { entries: shown, before: encodeBase64(before), next: first + shown.length, head: encodeBase64(head) };
    return Response.json(await consistent(page, from));
  }

  async #keepBack(request: Request, from: LabParty): Promise<Response> {
    const { kind, message, members, admins } = parseMessage(
      appendCall,
      parseObject(await bytesOf(request), limit),
    ).value;
    const half = this.#halves.get(from) ?? [];
    const lists = members === undefined || admins === undefined ? {} : { members: [...members], admins: [...admins] };
    const at = Math.floor(Date.now() / 1_000);
    half.push({ index: 0, kind, sender: senders[from] ?? '', message: encodeBase64(message), at, ...lists });
    return Response.json({ index: 1_000 + half.length, head: encodeBase64(random(32)) }, { status: 201 });
  }
}

const takenFrom = /^\/delivery\/key-packages\/([a-z0-9_]+)\/take$/;
const json = { 'content-type': 'application/json' };
const senders: Partial<Record<LabParty, string>> = { traveller: 'traveller_agent_001', helper: 'helper_agent_001' };
const same: LogView = (log) => log;

/** Returns the part from an index on of a log as it is shown, with the heads of that log: who has read it so far finds no other one. */
async function consistent(shown: EntriesAnswer, from: number): Promise<EntriesAnswer> {
  const { entries, before, next } = v.parse(entriesAnswer, shown);
  const read = entries.filter(({ index }) => index < from);
  const start = await headAfter(before, read);
  const end = await headAfter(start, entries.slice(read.length));
  return {
    entries: shown.entries.slice(read.length),
    before: encodeBase64(start),
    next,
    head: encodeBase64(end),
  };
}

async function headAfter(before: Bytes, entries: v.InferOutput<typeof entriesAnswer>['entries']): Promise<Bytes> {
  let head = before;
  for (const entry of entries) head = await nextHead(crypto.subtle, head, toLogEntry(entry));
  return head;
}

async function bytesOf(body: Request | Response): Promise<Bytes> {
  return new Uint8Array(await body.arrayBuffer());
}

function asHandedOut(entry: v.InferOutput<typeof entriesAnswer>['entries'][number]): HandedOut {
  const { message, message_hash, ...rest } = entry;
  return {
    ...rest,
    ...(message === undefined ? {} : { message: encodeBase64(message) }),
    ...(message_hash === undefined ? {} : { message_hash: encodeBase64(message_hash) }),
  };
}
