import type * as v from 'valibot';
import { keyPackageMessage } from '../group/credential/key-package.ts';
import type { keyPackagesCall } from '../group/wire/delivery-calls.ts';
import { type Bytes, toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { Caller, DeliveryContext } from './context.ts';
import { hour } from './limits.ts';
import { tooLarge, tooOften } from './refusals.ts';
import type { StoredKeyPackage } from './store.ts';

/** A KeyPackage that was given to somebody. */
export interface TakenKeyPackage {
  readonly keyPackage: Bytes;
  readonly isLastResort: boolean;
}

/**
 * Keeps KeyPackages of the caller, each checked first, and returns how many one-time ones there are (groups page, section 4). One that
 * was given to somebody is not taken again. Throws `message_too_large` and what the check throws; then none is kept.
 */
export async function putKeyPackages(
  context: DeliveryContext,
  caller: Caller,
  call: v.InferOutput<typeof keyPackagesCall>,
): Promise<number> {
  const { store, limits } = context;
  const { agentId } = caller;
  const all = [...call.one_time, ...(call.last_resort === undefined ? [] : [call.last_resort])];
  for (const bytes of all) {
    if (bytes.length > limits.keyPackage) throw tooLarge('A KeyPackage', limits.keyPackage);
  }
  for (const bytes of all) await context.checkKeyPackage(bytes, { ...caller.registered, agentId }, context.now());
  const fresh: StoredKeyPackage[] = [];
  for (const bytes of call.one_time) {
    // One KeyPackage in both of its forms is one.
    const hash = toHex(await sha256(crypto.subtle, keyPackageMessage(bytes)));
    if (!(await store.isRemembered(givenKey(hash)))) fresh.push({ hash, bytes });
  }
  const isReplaced = call.replace === true;
  if (call.last_resort !== undefined || isReplaced) await store.putLastResort(agentId, call.last_resort);
  return store.addKeyPackages(agentId, fresh, limits.keyPackages, isReplaced);
}

/**
 * Gives the caller a KeyPackage of another agent: a one-time one, which nobody else gets, or the last-resort one (groups page,
 * section 4), with a day left at least: nobody could use another, so it is dropped and counts for nobody. Throws `rate_limited` and `no_key_package`.
 */
export async function takeKeyPackage(
  context: DeliveryContext,
  { agentId: taker }: Caller,
  agentId: string,
): Promise<TakenKeyPackage> {
  const { registry } = context;
  const registered = await registry.agent(agentId);
  if (registered === undefined || registered.isRevoked) throw noKeyPackage();
  const take = await countTake(context, taker, agentId);
  const given = await giveOneTime(context, agentId);
  if (given !== undefined) return { keyPackage: given, isLastResort: false };
  const lastResort = await context.store.lastResort(agentId);
  if (lastResort !== undefined && context.isUsable(lastResort, context.now()))
    return { keyPackage: lastResort, isLastResort: true };
  await take.undo();
  throw noKeyPackage();
}

/** Counts a take before it is done, so that many at once are not more than there may be. */
async function countTake(
  { store, now: clock, limits }: DeliveryContext,
  taker: string,
  agentId: string,
): Promise<{ undo(): Promise<void> }> {
  const now = clock();
  const take = { agentId, at: now };
  await store.changeAgent(taker, (current) => {
    const took = current.took.filter(({ at }) => at > now - hour);
    const ofAgent = took.filter((other) => other.agentId === agentId);
    const [first] = ofAgent;
    if (first !== undefined && ofAgent.length >= limits.takesOfTaker) {
      throw tooOften(`An agent takes at most ${limits.takesOfTaker} KeyPackages of another in an hour.`, now, first.at);
    }
    if (took.length >= limits.takesInAll) {
      throw tooOften(`An agent takes at most ${limits.takesInAll} KeyPackages in an hour.`, now, took[0]?.at ?? now);
    }
    return { ...current, took: [...took, take] };
  });
  const undo = async () => {
    await store.changeAgent(taker, (current) => {
      const at = current.took.findLastIndex((other) => other.agentId === agentId && other.at === now);
      return at < 0 ? current : { ...current, took: current.took.toSpliced(at, 1) };
    });
  };
  return { undo };
}

async function giveOneTime(context: DeliveryContext, agentId: string): Promise<Bytes | undefined> {
  const { store, limits } = context;
  const now = context.now();
  let mayGive = false;
  await store.changeAgent(agentId, (current) => {
    const gave = current.gave.filter((at) => at > now - hour);
    mayGive = gave.length < limits.takesOfAgent;
    return mayGive ? { ...current, gave: [...gave, now] } : current;
  });
  if (!mayGive) return undefined;
  for (;;) {
    const taken = await takeUsable(context, agentId);
    if (taken === undefined) break;
    // Its lifetime is 30 days at most: what is sent again after that is of no use to anybody. One that is known was left again while it
    // was being given.
    if (await store.remember(givenKey(taken.hash), now + limits.entryIdMemory)) return taken.bytes;
  }
  await store.changeAgent(agentId, (current) => {
    const at = current.gave.lastIndexOf(now);
    return at < 0 ? current : { ...current, gave: current.gave.toSpliced(at, 1) };
  });
  return undefined;
}

/** Takes the oldest that can be used; those before it go. */
async function takeUsable({ store, isUsable, now }: DeliveryContext, agentId: string) {
  let taken = await store.takeKeyPackage(agentId);
  while (taken !== undefined && !isUsable(taken.bytes, now())) taken = await store.takeKeyPackage(agentId);
  return taken;
}

function givenKey(hash: string): string {
  return `key package ${hash}`;
}

function noKeyPackage(): ParleyError {
  return new ParleyError('no_key_package', 'This agent has left no KeyPackage. Try again once it has been open.');
}
