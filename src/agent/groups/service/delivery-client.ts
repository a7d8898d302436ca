import * as v from 'valibot';
import type { EntryToAppend } from '../../../group/member/own-entries.ts';
import {
  appendAnswer,
  entriesAnswer,
  inboxAnswer,
  keyPackagesAnswer,
  readAnswer,
  takeAnswer,
} from '../../../group/wire/delivery-answers.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { Backoff } from './backoff.ts';
import { type DeliveryCall, type DeliveryHttp, DeliveryRefusal } from './delivery-http.ts';
import type {
  Appended,
  DeliveryService,
  EntriesPage,
  InboxPage,
  OfferedKeyPackages,
  TakenKeyPackage,
} from './delivery-service.ts';
import type { DeliveryToken } from './delivery-token.ts';
import { toLogEntry } from './log-entry.ts';

/** Tries of one call, and the longest time in milliseconds that is waited before the next one. */
const [mostTries, longestWaitMs] = [4, 10_000];
/** Codes after which the same call is made again: no answer came, or the service takes no more for now. */
const passing: readonly ErrorCode[] = ['delivery_unreachable', 'unavailable', 'rate_limited', 'internal_error'];

const nothing = v.object({});

/** What calls are made with. */
export interface DeliveryClientDeps {
  readonly http: DeliveryHttp;
  readonly token: DeliveryToken;
  /** Ends at once when the agent stops. */
  readonly pauses: { of(ms: number): Promise<void> };
  /** True from when the agent stops: nothing is tried again. */
  isStopped(): boolean;
  /** A number from 0 up to 1. */
  chance(): number;
}

/** The calls of the delivery service over HTTP (groups page, section 4), each tried again while what stops it passes by itself. */
export class DeliveryClient implements DeliveryService {
  readonly #deps: DeliveryClientDeps;

  constructor(deps: DeliveryClientDeps) {
    this.#deps = deps;
  }

  async offerKeyPackages({ oneTime, lastResort, replace }: OfferedKeyPackages): Promise<number> {
    const body = {
      one_time: oneTime.map(encodeBase64),
      ...(lastResort === undefined ? {} : { last_resort: encodeBase64(lastResort) }),
      ...(replace === true ? { replace } : {}),
    };
    const call = { method: 'PUT', path: '/delivery/key-packages', body, size: 'large' } as const;
    return (await this.#call(keyPackagesAnswer, call)).remaining;
  }

  async takeKeyPackage(agentId: string): Promise<TakenKeyPackage> {
    const path = `/delivery/key-packages/${encodeURIComponent(agentId)}/take`;
    // Once: a repetition would cost the other agent another one.
    const { key_package, last_resort } = await this.#authorized(takeAnswer, { method: 'POST', path, body: {} });
    return { keyPackage: key_package, isLastResort: last_resort };
  }

  async append(groupId: string, entry: EntryToAppend): Promise<Appended> {
    const path = `/delivery/groups/${groupId}/entries`;
    const call = { method: 'POST', path, body: bodyOf(entry), size: 'large' } as const;
    try {
      return { kind: 'stored', ...(await this.#call(appendAnswer, call)) };
    } catch (cause) {
      if (!(cause instanceof DeliveryRefusal) || cause.code !== 'group_epoch_conflict') throw cause;
      if (cause.index !== undefined) return { kind: 'conflict', index: cause.index };
      throw new ParleyError('delivery_unreachable', 'The delivery service names no newer commit. Nothing was lost.', {
        cause,
      });
    }
  }

  async entries(groupId: string, from: number): Promise<EntriesPage> {
    const path = `/delivery/groups/${groupId}/entries?from=${from}`;
    const page = await this.#call(entriesAnswer, { method: 'GET', path, size: 'large' });
    const [first] = page.entries;
    if (first !== undefined && first.index < from) {
      throw new ParleyError('delivery_unreachable', 'The delivery service gave other entries than it was asked for.');
    }
    const { before, next, head } = page;
    return { entries: page.entries.map(toLogEntry), before, next, head };
  }

  async markRead(groupId: string, index: number): Promise<number> {
    const path = `/delivery/groups/${groupId}/read`;
    return (await this.#call(readAnswer, { method: 'POST', path, body: { index } })).index;
  }

  async inbox(from: number): Promise<InboxPage> {
    const path = `/delivery/inbox?from=${from}`;
    const { items, next } = await this.#call(inboxAnswer, { method: 'GET', path, size: 'large' });
    return { items: items.map(({ group_id: groupId, ...item }) => ({ groupId, ...item })), next };
  }

  async markInboxRead(index: number): Promise<void> {
    await this.#call(nothing, { method: 'POST', path: '/delivery/inbox/read', body: { index } });
  }

  async revokeToken(): Promise<void> {
    const token = this.#deps.token.take();
    if (token === undefined) return;
    await this.#deps.http.call(nothing, {
      method: 'POST',
      path: '/delivery/token/revoke',
      body: {},
      token,
      isLast: true,
    });
  }

  /** Makes a call until it is answered: a few times while the cause passes by itself. Rejects with what the last try threw. */
  async #call<const Schema extends v.GenericSchema>(
    schema: Schema,
    call: DeliveryCall,
  ): Promise<v.InferOutput<Schema>> {
    const backoff = new Backoff(() => this.#deps.chance());
    for (let tries = 1; ; tries++) {
      try {
        return await this.#authorized(schema, call);
      } catch (cause) {
        const error = asParleyError(cause);
        const wait = backoff.after(error);
        const isOver = tries >= mostTries || wait > longestWaitMs || !passing.includes(error.code);
        if (isOver || this.#deps.isStopped()) throw cause;
        await this.#deps.pauses.of(wait);
        if (this.#deps.isStopped()) throw cause;
      }
    }
  }

  /** Makes a call with the token that is there, and again with a new one when the service knows that no more. */
  async #authorized<const Schema extends v.GenericSchema>(
    schema: Schema,
    call: DeliveryCall,
  ): Promise<v.InferOutput<Schema>> {
    const { http, token } = this.#deps;
    const first = await token.get();
    try {
      return await http.call(schema, { ...call, token: first });
    } catch (cause) {
      if (!(cause instanceof DeliveryRefusal) || cause.code !== 'not_authorized') throw cause;
      token.refused(first);
      return http.call(schema, { ...call, token: await token.get() });
    }
  }
}

function bodyOf({ entryId, kind, after, message, lists, isLeaving, welcome }: EntryToAppend): JsonObject {
  return {
    entry_id: entryId,
    kind,
    after,
    message: encodeBase64(message),
    ...(lists === undefined ? {} : { members: [...lists.members], admins: [...lists.admins] }),
    ...(isLeaving === true ? { leaving: true } : {}),
    ...(welcome === undefined
      ? {}
      : { welcome: { message: encodeBase64(welcome.message), to: [...welcome.to].sort() } }),
  };
}
