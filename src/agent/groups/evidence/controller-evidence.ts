import type { RevocationList } from '../../../pki/revocation-list.ts';
import { type Bytes, equalConstantTime } from '../../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { decodeBase64 } from '../../../protocol/wire/base64.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { Backoff } from '../service/backoff.ts';
import { type Evidence, type FetchedRevocations, type Found, finalAfter } from './evidence.ts';
import { KeptCertificates } from './kept-certificates.ts';

/** Certificates that are asked for at the same time. */
const atOnce = 8;

/** What evidence is looked up with. */
export interface ControllerEvidenceDeps {
  readonly controller: { certificate(hash: Bytes): Promise<Bytes>; caCertificate(): Promise<Bytes> };
  /** DER of the CA that is pinned: only its Controller’s word that it has never issued a certificate is final. */
  readonly pinned: Bytes;
  readonly revocations: { fetchNow(): Promise<RevocationList> };
  readonly rows: Pick<GroupRows, 'read' | 'all' | 'write'>;
  /** Milliseconds since 1970, this device's clock. */
  now(): number;
  /** What time it is by the Controller, in Unix seconds: the clock that an entry's `at` is by. */
  serviceNow(): number;
  /** A number from 0 up to 1. */
  chance(): number;
}

/** Asks the Controller for what commits are judged by, and keeps the certificates. */
export class ControllerEvidence implements Evidence {
  readonly #deps: ControllerEvidenceDeps;
  readonly #kept: KeptCertificates;
  readonly #backoff: Backoff;

  constructor(deps: ControllerEvidenceDeps) {
    this.#deps = deps;
    this.#kept = new KeptCertificates(deps.rows);
    this.#backoff = new Backoff(() => deps.chance());
  }

  async certificates(hashes: readonly string[], at: number): Promise<Found<ReadonlyMap<string, Bytes | 'unknown'>>> {
    const found = new Map<string, Bytes | 'unknown'>();
    const missing: string[] = [];
    for (const hash of new Set(hashes)) {
      const der = await this.#kept.find(hash);
      if (der === undefined) missing.push(hash);
      else found.set(hash, der);
    }
    const answers: (readonly [string, Bytes | ParleyError])[] = [];
    // Asked before the answers, so that one that was given too early is never taken for the final one.
    const isFinal = this.#isFinal(at);
    for (let i = 0; i < missing.length; i += atOnce) {
      answers.push(...(await Promise.all(missing.slice(i, i + atOnce).map((hash) => this.#ask(hash)))));
    }
    const fetched = new Map(
      answers.flatMap(([hash, answer]) => (answer instanceof ParleyError ? [] : [[hash, answer] as const])),
    );
    if (fetched.size > 0) await this.#kept.keep(fetched);
    for (const [hash, der] of fetched) found.set(hash, der);
    let unknown: ParleyError | undefined;
    for (const [hash, answer] of answers) {
      if (!(answer instanceof ParleyError)) continue;
      if (answer.code !== 'unknown_certificate') return this.#cannotAsk(answer);
      unknown = answer;
      found.set(hash, 'unknown');
    }
    const doubt = unknown !== undefined && isFinal ? await this.#doubt() : undefined;
    if (doubt !== undefined) return this.#cannotAsk(doubt);
    this.#backoff.succeeded();
    return unknown === undefined || isFinal ? { kind: 'found', value: found } : this.#whenFinal(at, unknown);
  }

  async revocations(at: number, decides: (fetched: FetchedRevocations) => boolean): Promise<Found<FetchedRevocations>> {
    const isFinal = this.#isFinal(at);
    let list: RevocationList;
    try {
      list = await this.#deps.revocations.fetchNow();
    } catch (cause) {
      return this.#cannotAsk(asParleyError(cause));
    }
    const value = { revokedSince: (serial: string) => list.revokedSince(serial), isFinal };
    const isCurrent = this.#deps.serviceNow() <= list.nextUpdate;
    if (decides({ ...value, isFinal: false }) || (isFinal && isCurrent)) {
      this.#backoff.succeeded();
      return { kind: 'found', value };
    }
    const detail = 'The revocation list does not name the member that was removed as revoked. It is read again.';
    // A list that is over says nothing about who is not on it.
    if (!isCurrent) return this.#cannotAsk(new ParleyError('revocation_status_unknown', detail));
    this.#backoff.succeeded();
    return this.#whenFinal(at, new ParleyError('revocation_status_unknown', detail));
  }

  async #ask(hash: string): Promise<readonly [string, Bytes | ParleyError]> {
    try {
      return [hash, await this.#deps.controller.certificate(decodeBase64(hash))];
    } catch (cause) {
      return [hash, asParleyError(cause)];
    }
  }

  /** Returns why who has answered is not known to be the Controller of the pinned CA. Undefined when it is. */
  async #doubt(): Promise<ParleyError | undefined> {
    try {
      if (equalConstantTime(await this.#deps.controller.caCertificate(), this.#deps.pinned)) return undefined;
      const detail =
        'The Controller shows another CA than the one that this agent trusts. What it denies is asked again.';
      return new ParleyError('ca_changed', detail);
    } catch (cause) {
      return asParleyError(cause);
    }
  }

  #isFinal(at: number): boolean {
    return this.#deps.serviceNow() >= at + finalAfter;
  }

  #whenFinal(at: number, why: ParleyError): Found<never> {
    const ms = 1_000 * Math.max(1, at + finalAfter - this.#deps.serviceNow());
    return { kind: 'waits', again: this.#deps.now() + ms, why };
  }

  #cannotAsk(why: ParleyError): Found<never> {
    return { kind: 'waits', again: this.#deps.now() + this.#backoff.after(why), why };
  }
}
