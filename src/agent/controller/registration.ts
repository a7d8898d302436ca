import { describeCertificate } from '../../pki/describe.ts';
import { type AgentId, type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { notReady } from '../contracts/failures.ts';
import type { AgentStore, GenerateRsa, StoredIdentity, StoredRegistration } from '../contracts/ports.ts';
import type { ControllerClient } from './client.ts';
import { currentRegistration, loadOrCreateIdentity, register } from './identity.ts';

/** What an agent's keys and its registration are kept with. */
export interface RegistrationDeps {
  readonly agentId: AgentId;
  /** Base URL without a trailing slash. */
  readonly address: string;
  readonly environment: Environment;
  readonly generateRsa: GenerateRsa;
  readonly store: AgentStore;
  readonly controller: ControllerClient;
}

/** Fingerprints of the pinned CA certificate, and of the other one that the Controller shows. */
export interface CaChange {
  readonly pinned: string;
  readonly seen: string;
}

/** An agent's keys, and its registration at the Controller whose CA it has pinned. */
export class Registration {
  readonly #deps: RegistrationDeps;
  #stored: StoredIdentity | undefined;

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
  }

  /** Returns the identity as it is stored. Throws `not_registered` before there are keys. */
  get stored(): StoredIdentity {
    if (this.#stored === undefined) throw notReady();
    return this.#stored;
  }

  /** Loads the keys, or makes them; `progress` hears of each pair made. Throws `storage_failed` and `storage_full`. */
  async load(progress: (made: number, of: number) => void): Promise<void> {
    const { agentId, address, environment, generateRsa, store } = this.#deps;
    const input = { agentId, address, now: environment.now() };
    this.#stored = await loadOrCreateIdentity(store, generateRsa, input, progress);
  }

  /** Returns what has changed when the Controller shows another CA than the pinned one. Offline is no change. */
  async changedCa(): Promise<CaChange | undefined> {
    const { registration } = this.stored;
    if (registration === undefined) return undefined;
    const seen = await this.#deps.controller.caCertificate().catch(() => undefined);
    return seen === undefined ? undefined : changeBetween(registration.caCertificate, seen);
  }

  /**
   * Returns the registration to start with, stored or new, or what has changed when a new one comes from another CA than the pinned
   * one. `registering` is called before the Controller is asked. Throws what the Controller answers.
   */
  async current(registering: () => void): Promise<StoredRegistration | CaChange> {
    const { environment, address } = this.#deps;
    const { stored } = this;
    const registration = await currentRegistration(stored, address, unixSeconds(environment), () => {
      registering();
      return this.register();
    });
    const pinned = stored.registration;
    const change = pinned === undefined ? undefined : changeBetween(pinned.caCertificate, registration.caCertificate);
    return (await change) ?? registration;
  }

  /** Registers or renews at the Controller. Throws what it answers. */
  register(): Promise<StoredRegistration> {
    const { controller, environment, address } = this.#deps;
    return register(controller, environment.subtle, this.stored, address, unixSeconds(environment));
  }

  /** Registers again. Throws `ca_changed` when the certificates come from another CA than `caCertificate`, and what the Controller answers. */
  async registerAtSame(caCertificate: Bytes): Promise<StoredRegistration> {
    const renewed = await this.register();
    if (!equalConstantTime(renewed.caCertificate, caCertificate)) throw otherCa();
    return renewed;
  }

  /** Takes an identity into use that is stored, or is being stored, by the caller. */
  use(identity: StoredIdentity): void {
    this.#stored = identity;
  }

  /** Revokes this agent's certificates, where it has some. Throws what the Controller answers. */
  async revoke(): Promise<void> {
    const { controller, agentId, environment } = this.#deps;
    if (this.#stored?.registration === undefined) return;
    const { privateKey } = this.#stored.signing;
    await controller.revoke(agentId, 'cessationOfOperation', privateKey, unixSeconds(environment));
  }

  /** Erases everything of the agent. Throws `storage_failed`. */
  async erase(): Promise<void> {
    await this.#deps.store.erase();
    this.#stored = undefined;
  }
}

/** Returns the error for a Controller whose new certificates come from another CA: nothing of them is used. */
function otherCa(): ParleyError {
  return new ParleyError(
    'ca_changed',
    'The Controller shows another CA than the one this agent trusts. Nothing changed.',
  );
}

async function changeBetween(pinned: Bytes, seen: Bytes): Promise<CaChange | undefined> {
  if (equalConstantTime(seen, pinned)) return undefined;
  const [pinnedCa, seenCa] = await Promise.all([
    describeCertificate(pinned),
    describeCertificate(seen).catch(() => undefined),
  ]);
  return { pinned: pinnedCa.fingerprint, seen: seenCa?.fingerprint ?? 'not a certificate' };
}
