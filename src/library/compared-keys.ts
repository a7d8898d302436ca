import type { SafetyNumberView } from '../agent/contracts/views.ts';
import { StoredRecords } from './stored-records.ts';

/** What an agent knows of its peers' keys: the numbers that people compare, and the marks that they have set. */
export abstract class ComparedKeys extends StoredRecords {
  /** Returns the 60 digits that two people compare, and the key they belong to. */
  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.ask((agent) => agent.safetyNumber(peerId));
  }

  /** Marks a peer's key as compared; when another key shows up afterwards, nothing is sent: `peer_key_changed`. */
  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.ask((agent) => agent.markVerified(peerId, keyFingerprint));
  }

  /** Forgets the verified key of a peer and goes on, unverified, with the one seen since. Rejects with `invalid_input` when there is none. */
  acceptChangedKey(peerId: string): Promise<void> {
    return this.ask((agent) => agent.acceptChangedKey(peerId));
  }

  /** Takes the mark off a peer whose key has not changed. Rejects with `invalid_input` when it has. */
  clearVerification(peerId: string): Promise<void> {
    return this.ask((agent) => agent.clearVerification(peerId));
  }
}
