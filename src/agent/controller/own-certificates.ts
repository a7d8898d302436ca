import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type {
  CertificatePair,
  OwnIdentity,
  PeerIdentity,
  VerifyCertificates,
} from '../../protocol/handshake/identity.ts';
import type { StoredIdentity, StoredRegistration } from '../contracts/ports.ts';
import type { IdentityView } from '../contracts/views.ts';
import type { CertificateChecks } from './certificate-checks.ts';
import { identityView, ownIdentity } from './identity.ts';

/** What an agent's certificates are taken into use with. */
export interface OwnCertificatesDeps {
  readonly environment: Environment;
  readonly stored: StoredIdentity;
  readonly registration: StoredRegistration;
  readonly address: string;
  readonly checks: CertificateChecks;
  /** Registers again, at the same CA. */
  register(): Promise<StoredRegistration>;
  /** Hears of this agent's certificates, each time that some have passed the check. */
  accepted(own: PeerIdentity): void;
}

/** Checks a registration's certificates and returns this agent as handshakes need it. */
type Check = (by: StoredRegistration) => Promise<OwnIdentity>;

/** This agent's own certificates, checked before each use of new ones. */
export class OwnCertificates {
  /** The registration that the agent has started with: a newer one than it was given, when that was superseded. */
  readonly registration: StoredRegistration;
  /** What a person was shown of the identity at the start. */
  readonly view: IdentityView;
  /** This agent as handshakes need it; its certificates are always those in use. */
  readonly identity: OwnIdentity;
  readonly #deps: OwnCertificatesDeps;
  readonly #check: Check;
  #certificates: CertificatePair;

  private constructor(
    deps: OwnCertificatesDeps,
    check: Check,
    own: OwnIdentity,
    by: StoredRegistration,
    view: IdentityView,
  ) {
    this.#deps = deps;
    this.#check = check;
    this.#certificates = own.certificates;
    this.registration = by;
    this.view = view;
    const inUse = () => this.#certificates;
    this.identity = {
      ...own,
      get certificates() {
        return inUse();
      },
    };
  }

  /**
   * Checks the certificates of a registration, and registers again when newer ones of the same key were issued and lost before they
   * were stored. Throws `certificate_untrusted`, `certificate_expired`, `certificate_revoked` or `identity_mismatch` for certificates
   * that cannot be used, and what registering throws.
   */
  static async check(deps: OwnCertificatesDeps): Promise<OwnCertificates> {
    let isSuperseded = false;
    const check = checkBy(deps, () => {
      isSuperseded = true;
    });
    let { registration } = deps;
    const own = await check(registration).catch(async (cause: unknown) => {
      if (!isSuperseded) throw cause;
      registration = await deps.register();
      return check(registration);
    });
    const view = await identityView(deps.stored, registration, deps.address);
    return new OwnCertificates(deps, check, own, registration, view);
  }

  /**
   * Uses new certificates in every handshake from now on; sessions go on. Returns what a person is shown of them. Throws
   * `identity_mismatch` and what the check throws when they are not for this agent's keys and address, and keeps the old ones then.
   */
  async renew(registration: StoredRegistration): Promise<IdentityView> {
    const { certificates } = await this.#check(registration);
    const view = await identityView(this.#deps.stored, registration, this.#deps.address);
    this.#certificates = certificates;
    return view;
  }
}

function checkBy({ environment, stored, checks, accepted }: OwnCertificatesDeps, superseded: () => void): Check {
  const verifyOwn = checks.own(superseded);
  const verify: VerifyCertificates = async (pair, time) => {
    const own = await verifyOwn(pair, time).catch((error: unknown) => {
      throw ofThisAgent(error);
    });
    accepted(own);
    return own;
  };
  return (by) => ownIdentity(environment.subtle, stored, by, verify, unixSeconds(environment));
}

/** Returns `error` in the words for whoever has the agent: the check of certificates speaks of another one. */
function ofThisAgent(error: unknown): unknown {
  return error instanceof ParleyError && error.code === 'certificate_revoked' ? ownRevoked(error) : error;
}

/** Returns what whoever has a revoked agent is told: `certificate_revoked`. */
export function ownRevoked(cause?: unknown): ParleyError {
  const detail =
    'The Controller has revoked this agent: it can neither send nor answer. Its stored data stays; open an agent with another agent_id to continue.';
  return new ParleyError('certificate_revoked', detail, { cause });
}
