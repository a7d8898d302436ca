import { readNamedKey } from '../../pki/named-key.ts';
import { type Bytes, fromHex, hexPairs, toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { NamedKey } from '../../protocol/crypto/safety-number.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { AgentStore, StoredVerification } from '../contracts/ports.ts';
import type { AgentEvent, VerificationView } from '../contracts/views.ts';

/** What the marks work with. */
export interface VerifiedPeersDeps {
  readonly store: AgentStore;
  readonly environment: Environment;
  readonly emit: (event: AgentEvent) => void;
  readonly audit: AuditRecorder;
}

/**
 * The peers whose safety number was compared, and the one place that refuses a peer whose signing key is another one
 * since. A changed key is remembered across restarts until the person decides.
 */
export class VerifiedPeers {
  readonly #deps: VerifiedPeersDeps;
  readonly #marks = new Map<string, StoredVerification>();

  constructor(deps: VerifiedPeersDeps) {
    this.#deps = deps;
  }

  /** Reads back what the person has marked and what was seen since. */
  async load(): Promise<void> {
    for (const mark of await this.#deps.store.loadVerifications()) this.#set(mark);
  }

  /** Returns H(SPKI DER) of a signing key, lowercase hex. */
  async keyHash({ signingSpki }: NamedKey): Promise<string> {
    return toHex(await sha256(this.#deps.environment.subtle, signingSpki));
  }

  /** True when a certificate, DER, holds a signing key that is marked as verified. Nobody has to have signed it. */
  async isMarked(signing: Bytes): Promise<boolean> {
    if (this.#marks.size === 0) return false;
    const named = readNamedKey(signing);
    const mark = named === undefined ? undefined : this.#marks.get(named.agentId);
    return named !== undefined && mark?.keyHash === (await this.keyHash(named));
  }

  mark(peerId: string): StoredVerification | undefined {
    return this.#marks.get(peerId);
  }

  view(peerId: string): VerificationView {
    const mark = this.#marks.get(peerId);
    if (mark === undefined) return { peerId, verification: 'unverified' };
    const { keyHash, verifiedAt, changed } = mark;
    const verified = { peerId, verifiedKeyFingerprint: fingerprintOf(keyHash), verifiedAt };
    if (changed === undefined) return { ...verified, verification: 'verified' };
    return {
      ...verified,
      verification: 'changed',
      changedKeyFingerprint: fingerprintOf(changed.keyHash),
      seenAt: changed.seenAt,
    };
  }

  /** Returns every peer that has a mark. */
  views(): readonly VerificationView[] {
    return [...this.#marks.keys()].map((peerId) => this.view(peerId));
  }

  /** Throws `peer_key_changed` while another key than the verified one has been seen and not decided on. */
  requireDecided(peerId: string): void {
    if (this.#marks.get(peerId)?.changed === undefined) return;
    throw new ParleyError(
      'peer_key_changed',
      `${peerId} shows another signing key than the one you verified. Nothing is sent until you decide what to trust.`,
    );
  }

  /**
   * Throws `peer_key_changed` unless the peer's key is the verified one, if any was. A changed key is stored before. Its
   * certificate must have been checked: only the Controller can have made it, so nobody else can stop the agent.
   */
  async requireUnchanged(peer: NamedKey): Promise<void> {
    const keyHash = await this.keyHash(peer);
    const mark = this.#marks.get(peer.agentId);
    if (mark !== undefined && keyHash !== mark.keyHash && keyHash !== mark.changed?.keyHash) {
      const changed = { signingSpki: peer.signingSpki, keyHash, seenAt: this.#deps.environment.now() };
      // It holds from here on, also when storing it fails.
      this.#set({ ...mark, changed });
      this.#deps.audit.verification(peer.agentId, 'changed', keyHash);
      await this.#deps.store.saveVerification({ ...mark, changed });
    }
    this.requireDecided(peer.agentId);
  }

  /** Returns the certificate check that refuses a changed key too. It guards the look-up and both hellos. */
  guard(verifyCertificates: VerifyCertificates): VerifyCertificates {
    return async (pair, now) => {
      const peer = await verifyCertificates(pair, now);
      await this.requireUnchanged(peer);
      return peer;
    };
  }

  /** Marks a key as verified, in place of whatever was marked or seen before. */
  async save(peerId: string, keyHash: string): Promise<void> {
    const mark = { peerId, keyHash, verifiedAt: this.#deps.environment.now() };
    await this.#deps.store.saveVerification(mark);
    this.#deps.audit.verification(peerId, 'verified', keyHash);
    this.#set(mark);
  }

  /** Forgets the mark and what was seen since. */
  async drop(peerId: string): Promise<void> {
    await this.#deps.store.dropVerification(peerId);
    const dropped = this.#marks.get(peerId)?.keyHash;
    if (dropped !== undefined) this.#deps.audit.verification(peerId, 'dropped', dropped);
    this.#marks.delete(peerId);
    this.#tell(peerId);
  }

  #set(mark: StoredVerification): void {
    this.#marks.set(mark.peerId, mark);
    this.#tell(mark.peerId);
  }

  #tell(peerId: string): void {
    this.#deps.emit({ type: 'verification', verification: this.view(peerId) });
  }
}

/** Returns a key's hash as people compare it. */
export function fingerprintOf(keyHash: string): string {
  return hexPairs(fromHex(keyHash));
}
