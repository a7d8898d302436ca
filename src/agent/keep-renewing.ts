import { type Bytes, toHex } from '../protocol/bytes.ts';
import type { Environment } from '../protocol/crypto/environment.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { AgentStore, Scheduler, StoredIdentity, StoredRegistration } from './contracts/ports.ts';
import type { IdentityView } from './contracts/views.ts';
import type { OwnClock } from './controller/own-clock.ts';
import { lifetimeOf, Renewal } from './controller/renewal.ts';
import { notReady, type ReadyAgent } from './start.ts';
import { failureView } from './state/activity-log.ts';

/** What renewing works with in a run of an agent. */
export interface KeepRenewingDeps {
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly store: Pick<AgentStore, 'saveIdentity'>;
  readonly ready: ReadyAgent;
  readonly clock: OwnClock;
  /** DER of the CA certificate that this agent trusts. */
  readonly pinnedCa: Bytes;
  /** The identity as it is stored; undefined once the run is over. */
  stored(): StoredIdentity | undefined;
  register(stored: StoredIdentity): Promise<StoredRegistration>;
  /** The identity was stored with new certificates, which are in use. */
  renewed(stored: StoredIdentity): void;
  /** What a person is shown of the identity has changed. */
  told(identity: IdentityView): void;
}

/** Renews an agent's certificates for as long as its run lasts, without ending a session. */
export async function keepRenewing(deps: KeepRenewingDeps): Promise<Renewal> {
  const { environment, scheduler, store, ready, pinnedCa } = deps;
  let identity = ready.identity;
  let failedSince: number | undefined;
  const stored = () => {
    const current = deps.stored();
    if (current === undefined) throw notReady();
    return current;
  };
  const chance = () => (environment.random(1)[0] ?? 0) / 256;
  const first = stored().registration;
  if (first === undefined) throw notReady();
  const lifetime = await lifetimeOf(first, chance());
  return new Renewal(
    {
      scheduler,
      now: environment.now,
      chance,
      renew: async () => {
        const registration = await deps.register(stored());
        if (toHex(registration.caCertificate) !== toHex(pinnedCa)) throw otherCa();
        identity = await ready.renew(registration);
        const renewed = { ...stored(), registration };
        deps.renewed(renewed);
        await store.saveIdentity(renewed);
        return registration;
      },
      told: (error) => {
        failedSince = error === undefined ? undefined : (failedSince ?? environment.now());
        const { renewalFailure: _, ...rest } = identity;
        identity =
          error === undefined || failedSince === undefined
            ? rest
            : { ...rest, renewalFailure: { ...failureView(deps.clock.blame(error)), since: failedSince } };
        deps.told(identity);
      },
    },
    lifetime,
  );
}

/**
 * Returns the error `ca_changed` for a Controller whose new certificates come from another CA: none of them is used.
 */
export function otherCa(): ParleyError {
  return new ParleyError(
    'ca_changed',
    'The Controller shows another CA than the one this agent trusts. Nothing changed.',
  );
}
