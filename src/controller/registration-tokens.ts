import { equalConstantTime, fromHex, toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { StoredToken, TokenStore } from './store.ts';

/** Tokens that there are at once, and new agents that one with a limit admits. */
export const mostTokens = 100;
const mostUses = 1_000;
/** Characters of a name, and seconds that a token with an end may last. */
const longestName = 64;
const longestLife = 10 * 366 * 86_400;

/** What a new token is to be. */
export interface TokenWish {
  readonly name: string;
  /** Seconds until it ends. */
  readonly lifetime?: number | undefined;
  /** New agents that it admits. */
  readonly uses?: number | undefined;
}

/** A token that was just made: `token` is shown once and stored nowhere. */
export interface MadeToken {
  readonly token: string;
  readonly stored: StoredToken;
}

/** What the tokens stand on. */
export interface TokenDeps {
  readonly store: TokenStore;
  /** Unix seconds. */
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** The registration tokens that the operator made: each is stored as a hash, and counts from the moment it was made. */
export class RegistrationTokens {
  readonly #deps: TokenDeps;

  constructor(deps: TokenDeps) {
    this.#deps = deps;
  }

  /** Returns all of them, in the order in which they were made. */
  all(): Promise<readonly StoredToken[]> {
    return this.#deps.store.tokens();
  }

  /** Makes a token. Throws `malformed_message` for a wish that cannot be granted, or when there are 100 already. */
  async make({ name, lifetime, uses }: TokenWish): Promise<MadeToken> {
    requireWhole('The lifetime in seconds', lifetime, longestLife);
    requireWhole('The number of uses', uses, mostUses);
    if (name.trim() === '' || name.length > longestName || /\p{C}/u.test(name)) {
      throw invalid(`A token needs a name of 1 to ${longestName} visible characters.`);
    }
    const { store, now } = this.#deps;
    const { token, hash } = await this.#secret();
    const madeAt = now();
    const stored: StoredToken = {
      id: toHex(this.#deps.random(8)),
      name,
      hash,
      madeAt,
      ...(lifetime === undefined ? {} : { expiresAt: madeAt + lifetime }),
      ...(uses === undefined ? {} : { uses }),
      used: 0,
      usedBy: [],
    };
    await store.changeTokens((current) => {
      if (current.some((other) => other.name === name)) {
        throw invalid(`There is a token named ${name} already. Choose another name, or rotate that one.`);
      }
      if (current.length >= mostTokens) throw invalid(`There are ${mostTokens} tokens already. Revoke one first.`);
      return [...current, stored];
    });
    return { token, stored };
  }

  /** Removes the token of this id or name: it admits nobody from now on. Throws `not_found`. */
  async revoke(which: string): Promise<StoredToken> {
    let found: StoredToken | undefined;
    await this.#deps.store.changeTokens((current) => {
      const named = tokenIn(current, which);
      found = named;
      return current.filter((other) => other !== named);
    });
    return found ?? notThere();
  }

  /** Gives the token of this id or name another secret: the former one admits nobody from now on. Throws `not_found`. */
  async rotate(which: string): Promise<MadeToken> {
    const { token, hash } = await this.#secret();
    let stored: StoredToken | undefined;
    await this.#deps.store.changeTokens((current) => {
      const former = tokenIn(current, which);
      const rotated = { ...former, hash };
      stored = rotated;
      return current.map((other) => (other === former ? rotated : other));
    });
    return { token, stored: stored ?? notThere() };
  }

  /** True when `shown` would admit this agent now. `who` is what `admitted` names an agent by. */
  async wouldAdmit(shown: string, who: string): Promise<boolean> {
    const hash = await sha256(crypto.subtle, new TextEncoder().encode(shown));
    const at = this.#deps.now();
    let found = false;
    for (const token of await this.#deps.store.tokens()) {
      found = (equalConstantTime(fromHex(token.hash), hash) && admits(token, who, at)) || found;
    }
    return found;
  }

  /** Counts a new agent that `shown` admits. False when it admits none any more: then nothing is counted. */
  async admit(shown: string, who: string): Promise<boolean> {
    const hash = toHex(await sha256(crypto.subtle, new TextEncoder().encode(shown)));
    let isAdmitted = false;
    await this.#deps.store.changeTokens((current) => {
      const token = current.find((other) => other.hash === hash);
      isAdmitted = token !== undefined && admits(token, who, this.#deps.now());
      if (token === undefined || !isAdmitted || token.usedBy.includes(who)) return current;
      const usedBy = token.uses === undefined ? token.usedBy : [...token.usedBy, who];
      return current.map((other) => (other === token ? { ...token, used: token.used + 1, usedBy } : other));
    });
    return isAdmitted;
  }

  async #secret(): Promise<{ readonly token: string; readonly hash: string }> {
    const token = `prt_${toHex(this.#deps.random(24))}`;
    return { token, hash: toHex(await sha256(crypto.subtle, new TextEncoder().encode(token))) };
  }
}

/** True when a token has neither ended nor admitted as many as it may. */
export function isUsable({ expiresAt, uses, used }: StoredToken, now: number): boolean {
  return (expiresAt === undefined || now < expiresAt) && (uses === undefined || used < uses);
}

function admits(token: StoredToken, who: string, now: number): boolean {
  // One that was counted may try again, until the token ends.
  return isUsable(token, now) || (token.usedBy.includes(who) && isUsable({ ...token, used: 0 }, now));
}

function tokenIn(tokens: readonly StoredToken[], which: string): StoredToken {
  return tokens.find(({ id }) => id === which) ?? tokens.find(({ name }) => name === which) ?? notThere();
}

function requireWhole(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return;
  throw invalid(`${what} is a whole number from 1 to ${most}.`);
}

function notThere(): never {
  throw new ParleyError('not_found', 'There is no registration token of this id or name. Nothing was changed.');
}

function invalid(detail: string): ParleyError {
  return new ParleyError('malformed_message', `${detail} Nothing was changed.`);
}
