import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { type NamedKey, safetyNumber } from '../../protocol/crypto/safety-number.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { SafetyNumberView } from '../contracts/views.ts';
import { findCertifiedPeer } from '../controller/certified-peer.ts';
import type { ControllerClient } from '../controller/client.ts';
import { fingerprintOf, type VerifiedPeers } from './verified-peers.ts';

/** The sessions of an agent, as far as a decision about a key touches them. */
interface PeerSessions {
  withPeer(peerId: string): Session | undefined;
  alive(): readonly Session[];
  end(session: Session, status: 'CLOSED', reason: ParleyError): void;
}

/** What showing and deciding works with. */
export interface SafetyNumbersDeps {
  readonly environment: Environment;
  readonly controller: ControllerClient;
  readonly sessions: PeerSessions;
  /** Forgets everything that resumes a session with a peer. */
  forgetResumptions(peerId: string): Promise<void>;
  readonly verified: VerifiedPeers;
  /** This agent's own name and signing key. */
  readonly self: NamedKey;
  /** The certificate check (protocol page, section 2), without the look at the marks. */
  readonly verifyCertificates: VerifyCertificates;
}

/** Shows the safety number of a peer, and carries out what the person decides about its key. */
export class SafetyNumbers {
  readonly #deps: SafetyNumbersDeps;
  /** The key of each peer whose number was shown last, lowercase hex: the only one that can be marked. */
  readonly #shown = new Map<string, string>();

  constructor(deps: SafetyNumbersDeps) {
    this.#deps = deps;
  }

  /**
   * Returns the number to compare, of the key that was seen last: a changed one, or that of the session, or the
   * directory's. Rejects as the look-up and the certificate check do.
   */
  async show(peerId: string): Promise<SafetyNumberView> {
    const { environment, self, verified } = this.#deps;
    const peer = await this.#keyOf(peerId);
    const keyHash = await verified.keyHash(peer);
    const digits = await safetyNumber(environment.subtle, self, peer);
    this.#shown.set(peerId, keyHash);
    return { ...verified.view(peerId), digits, keyFingerprint: fingerprintOf(keyHash) };
  }

  /** Marks the key whose number was shown; `invalid_input` when `keyFingerprint` is not that key's, or another was seen since. */
  async markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    const { verified } = this.#deps;
    await this.#forgetChanged(peerId);
    const shown = this.#shown.get(peerId);
    const changed = verified.mark(peerId)?.changed?.keyHash;
    if (shown === undefined || fingerprintOf(shown) !== keyFingerprint || (changed ?? shown) !== shown) {
      throw new ParleyError('invalid_input', 'This is not the key whose number was shown. Compare the number again.');
    }
    await verified.save(peerId, shown);
    await this.#endOthers(peerId, shown);
  }

  /** Forgets the verified key and goes on with the changed one, unverified; `invalid_input` when none has changed. */
  async acceptChangedKey(peerId: string): Promise<void> {
    const { verified } = this.#deps;
    await this.#forgetChanged(peerId);
    const changed = verified.mark(peerId)?.changed;
    if (changed === undefined) throw new ParleyError('invalid_input', 'There is no changed key to decide on.');
    await verified.drop(peerId);
    await this.#endOthers(peerId, changed.keyHash);
  }

  /** Takes the mark off a verified peer; a changed key has to be decided on instead (`invalid_input`). */
  async clearVerification(peerId: string): Promise<void> {
    const { verified } = this.#deps;
    if (verified.mark(peerId)?.changed !== undefined) {
      throw new ParleyError('invalid_input', 'The key has changed: accept the new one or verify it.');
    }
    await verified.drop(peerId);
  }

  /** Forgets what resumes a session under the key before: it would show that key again, as another one than is trusted from now on. */
  async #forgetChanged(peerId: string): Promise<void> {
    if (this.#deps.verified.view(peerId).verification === 'changed') await this.#deps.forgetResumptions(peerId);
  }

  async #keyOf(peerId: string): Promise<NamedKey> {
    const { controller, environment, sessions, verified, verifyCertificates } = this.#deps;
    const changed = verified.mark(peerId)?.changed;
    if (changed !== undefined) return { agentId: peerId, signingSpki: changed.signingSpki };
    const session = sessions.withPeer(peerId);
    if (session !== undefined) return session.peer;
    const { peer } = await findCertifiedPeer(controller, verifyCertificates, peerId, unixSeconds(environment));
    // A verified peer whose key is another one now is shown as changed, with the new key's number.
    await verified.requireUnchanged(peer).catch((error: unknown) => {
      if (!(error instanceof ParleyError && error.code === 'peer_key_changed')) throw error;
    });
    return peer;
  }

  /** Ends the sessions that were made with another key than the one that was decided on. */
  async #endOthers(peerId: string, keyHash: string): Promise<void> {
    const { sessions, verified } = this.#deps;
    for (const session of sessions.alive().filter(({ peer }) => peer.agentId === peerId)) {
      if ((await verified.keyHash(session.peer)) === keyHash) continue;
      const reason = 'This session was made with another signing key than the one you decided to trust.';
      sessions.end(session, 'CLOSED', new ParleyError('peer_key_changed', reason));
    }
  }
}
