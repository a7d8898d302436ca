import { signCredential } from '../../../group/credential/credential.ts';
import { groupCapabilities, groupSuite } from '../../../group/profile/suite.ts';
import type { SignatureKeyPair } from '../../../mls/crypto/cipher-suite.ts';
import type { LeafIdentity } from '../../../mls/group/own-key-package.ts';
import { describeCertificate } from '../../../pki/describe.ts';
import { toHex } from '../../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { signPss } from '../../../protocol/crypto/signatures.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { OwnIdentity } from '../../../protocol/handshake/identity.ts';
import type { GroupKey } from '../../contracts/group-store.ts';

/** Seconds for which a credential vouches at most (groups page, section 2). */
const longest = 30 * 86_400;
/** Seconds by which it begins earlier, for clocks that are behind. */
const backdated = 300;

/** A leaf's signature key, and the credential by which this agent's certificate vouches for it. */
export interface OwnLeafIdentity {
  readonly identity: LeafIdentity;
  /** The private key with its id, to be stored before anything shows the credential. */
  readonly key: GroupKey;
  /** Unix seconds. */
  readonly notAfter: number;
}

/** What leaves of this agent are made with. */
export interface LeafIdentitiesDeps {
  /** Its certificates are always those in use. */
  readonly own: Pick<OwnIdentity, 'agentId' | 'certificates' | 'signingKey'>;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
  /** See `AgentStore.keepsKeysAsFiles`. */
  readonly keepsKeysAsFiles: boolean;
}

/** Makes this agent's leaf signature keys, each for one KeyPackage or one group, with their credentials (groups page, section 2). */
export class LeafIdentities {
  readonly #deps: LeafIdentitiesDeps;

  constructor(deps: LeafIdentitiesDeps) {
    this.#deps = deps;
  }

  /**
   * Makes a key with its credential. `rejoin`: for coming back to a group, whose own leaf there began at `after`, in Unix seconds. Throws
   * `certificate_expired` when this agent's certificate has less than a minute left.
   */
  async make(rejoin?: { readonly groupId: string; readonly after: number }): Promise<OwnLeafIdentity> {
    const { own, environment } = this.#deps;
    const { subtle } = environment;
    const der = own.certificates.signing;
    const { notAfter: end, notBefore: begin } = await describeCertificate(der);
    const now = unixSeconds(environment);
    if (end - now < 60) {
      throw new ParleyError('certificate_expired', 'This agent’s certificate has expired. Nothing was sent. Renew it.');
    }
    const notBefore = Math.max(now - backdated, begin, rejoin === undefined ? 0 : rejoin.after + 1);
    const notAfter = Math.min(notBefore + longest, end);
    const { publicKey, privateKey } = await this.#keyPair();
    const claims = {
      agentId: own.agentId,
      certificate: await sha256(subtle, der),
      ...(rejoin === undefined ? {} : { rejoins: rejoin.groupId }),
      notBefore,
      notAfter,
    };
    const identity = await signCredential(claims, publicKey, (data) => signPss(subtle, own.signingKey, data));
    return {
      identity: {
        signature: { publicKey, privateKey },
        credential: { type: 'basic', identity },
        capabilities: groupCapabilities,
        lifetime: { notBefore: BigInt(notBefore), notAfter: BigInt(notAfter) },
      },
      key: { id: toHex(await sha256(subtle, publicKey)), key: privateKey },
      notAfter,
    };
  }

  /** Returns until when a credential would vouch that is made now, in Unix seconds. */
  async ends(): Promise<number> {
    const { notAfter } = await describeCertificate(this.#deps.own.certificates.signing);
    return Math.min(unixSeconds(this.#deps.environment) - backdated + longest, notAfter);
  }

  /** Makes an Ed25519 pair, whose private key can be taken out only where it has to be written to a file. */
  async #keyPair(): Promise<SignatureKeyPair> {
    const { environment, keepsKeysAsFiles } = this.#deps;
    if (!keepsKeysAsFiles) return (await groupSuite()).signature.generateKeyPair();
    const { publicKey, privateKey } = await environment.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    return { publicKey: new Uint8Array(await environment.subtle.exportKey('raw', publicKey)), privateKey };
  }
}
