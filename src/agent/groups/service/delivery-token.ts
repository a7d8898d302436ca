import { tokenAnswer } from '../../../group/wire/delivery-answers.ts';
import { concat } from '../../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { signPss } from '../../../protocol/crypto/signatures.ts';
import { asParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import { label } from '../../../protocol/wire/label.ts';
import type { OwnClock } from '../../controller/own-clock.ts';
import type { DeliveryHttp } from './delivery-http.ts';

/** Seconds for which a token is good at most, and before its end from which on a new one is asked for. */
const [lifetime, renewBefore] = [3_600, 300];

/** What tokens are asked for with. */
export interface DeliveryTokenDeps {
  readonly http: DeliveryHttp;
  readonly agentId: string;
  /** RSA-PSS, usage `sign`. */
  readonly signingKey: CryptoKey;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
  readonly clock: OwnClock;
}

/** This agent's token at the delivery service: one for all calls, renewed before its hour ends. */
export class DeliveryToken {
  readonly #deps: DeliveryTokenDeps;
  #current: { readonly token: string; readonly renewAt: number } | undefined;
  #underWay: Promise<string> | undefined;

  constructor(deps: DeliveryTokenDeps) {
    this.#deps = deps;
  }

  /**
   * Returns a token that is good for five minutes at least. Rejects with what the call rejects with, and with `clock_wrong` when the service
   * refuses its time because this device's clock is wrong.
   */
  async get(): Promise<string> {
    if (this.#current !== undefined && unixSeconds(this.#deps.environment) < this.#current.renewAt) {
      return this.#current.token;
    }
    this.#underWay ??= this.#ask().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Forgets a token that the service does not know any more; a newer one stays. */
  refused(token: string): void {
    if (this.#current?.token === token) this.#current = undefined;
  }

  /** Returns the token that is there and forgets it; undefined when there is none. */
  take(): string | undefined {
    const token = this.#current?.token;
    this.#current = undefined;
    return token;
  }

  async #ask(): Promise<string> {
    const { http, agentId, environment, clock } = this.#deps;
    const asked = unixSeconds(environment);
    const statement = {
      agent_id: agentId,
      server: http.server,
      timestamp: asked,
      nonce: encodeBase64(environment.random(32)),
    };
    const signed = concat(label('delivery token'), canonicalBytes(statement));
    const signature = await signPss(environment.subtle, this.#deps.signingKey, signed);
    const body = { ...statement, signature: encodeBase64(signature) };
    try {
      const { token, expires_at } = await http.call(tokenAnswer, { method: 'POST', path: '/delivery/token', body });
      // By this clock: the service's may be a few minutes away.
      const good = Math.min(lifetime, Math.max(0, expires_at - clock.theirs));
      this.#current = { token, renewAt: asked + Math.max(good / 2, good - renewBefore) };
      return token;
    } catch (cause) {
      const error = asParleyError(cause);
      if (error.now !== undefined) clock.heard(error.now);
      throw clock.blame(error);
    }
  }
}
