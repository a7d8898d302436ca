import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { failureView, notReady } from '../contracts/failures.ts';
import type { AgentStore, Scheduler, StoredRegistration } from '../contracts/ports.ts';
import type { IdentityView } from '../contracts/views.ts';
import type { OwnClock } from './own-clock.ts';
import type { Registration } from './registration.ts';
import { lifetimeOf, Renewal } from './renewal.ts';

/** A registered agent at work, as far as renewing concerns it. */
interface RenewableAgent {
  readonly identity: IdentityView;
  /** Takes new certificates into use; rejects when it keeps the old ones. */
  renew(registration: StoredRegistration): Promise<IdentityView>;
}

/** What renewing works with in a run of an agent. */
export interface KeepRenewingDeps {
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly store: Pick<AgentStore, 'saveIdentity'>;
  readonly ready: RenewableAgent;
  readonly clock: OwnClock;
  /** DER of the CA certificate that this agent trusts. */
  readonly pinnedCa: Bytes;
  readonly registration: Registration;
  /** False once the run is over. */
  isRunning(): boolean;
  /** Hears what a person is shown of the identity, whenever that has changed. */
  told(identity: IdentityView): void;
}

/** Renews an agent's certificates for as long as its run lasts, without ending a session. Throws `not_registered` when it is over. */
export async function keepRenewing(deps: KeepRenewingDeps): Promise<Renewal> {
  const { environment, scheduler, store, ready, pinnedCa, registration } = deps;
  let identity = ready.identity;
  let failedSince: number | undefined;
  const stored = () => {
    if (!deps.isRunning()) throw notReady();
    return registration.stored;
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
        if (!deps.isRunning()) throw notReady();
        const renewed = await registration.registerAtSame(pinnedCa);
        identity = await ready.renew(renewed);
        const next = { ...stored(), registration: renewed };
        registration.use(next);
        await store.saveIdentity(next);
        return renewed;
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
