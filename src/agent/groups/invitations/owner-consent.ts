import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { type GroupSettingsView, usualGroupSettings } from '../../contracts/group-views.ts';
import type { AgentEvent, ExchangeView } from '../../contracts/views.ts';
import type { History } from '../../history/history.ts';
import type { VerifiedPeers } from '../../trust/verified-peers.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { Consent } from './invitations.ts';
import { decodeSettings, encodeSettings, settingsPart } from './settings-record.ts';

/** Exchanges with an inviter that are looked through for one that was answered, the newest first, and of a piece. */
const [looksAt, pieceSize] = [1_000, 100];

/** What consent is decided by. */
export interface OwnerConsentDeps {
  readonly subtle: Subtle;
  readonly rows: Pick<GroupRows, 'read' | 'write'>;
  readonly verified: Pick<VerifiedPeers, 'view'>;
  readonly history: Pick<History, 'page'>;
  readonly emit: (event: AgentEvent) => void;
  /** True for an agent whose invitations are not even shown. */
  isBlocked(agentId: string): boolean;
}

/** What the owner has said of invitations, stored, and which inviters are known (groups page, section 5, *Consent*). */
export class OwnerConsent implements Consent {
  readonly #deps: OwnerConsentDeps;
  #settings = usualGroupSettings;

  constructor(deps: OwnerConsentDeps) {
    this.#deps = deps;
  }

  get settings(): GroupSettingsView {
    return this.#settings;
  }

  /** Reads what is stored. Where it cannot be read nothing joins by itself until the owner has said so again. */
  async load(): Promise<void> {
    try {
      const bytes = await this.#deps.rows.read('', settingsPart);
      if (bytes !== undefined) this.#settings = decodeSettings(bytes);
    } catch (cause) {
      if (!(cause instanceof ParleyError) || cause.code !== 'storage_failed') throw cause;
      this.#settings = { joinsByItself: { direct: false, group: false } };
    }
  }

  /** Stores what the owner says, then tells. Rejects with `invalid_input`, `storage_failed` and `storage_full`; then nothing has changed. */
  async set(settings: GroupSettingsView): Promise<void> {
    const bytes = encodeSettings(settings);
    await this.#deps.rows.write({ put: [{ group: '', part: settingsPart, bytes }], drop: [] });
    this.#settings = decodeSettings(bytes);
    this.#deps.emit({ type: 'group_settings', settings: this.#settings });
  }

  joinsByItself(kind: 'group' | 'direct'): boolean {
    return this.#settings.joinsByItself[kind];
  }

  async isKnown(agentId: string, spki?: Bytes): Promise<boolean> {
    const { verification } = this.#deps.verified.view(agentId);
    // Whoever shows another key than the verified one is not the one that was known.
    if (verification !== 'unverified') return verification === 'verified';
    const key = spki === undefined ? undefined : toHex(await sha256(this.#deps.subtle, spki));
    let before: number | undefined;
    let wasAnswered = false;
    for (let looked = 0; looked < looksAt; looked += pieceSize) {
      const { exchanges, olderThan } = await this.#deps.history.page(agentId, before, pieceSize);
      wasAnswered ||= exchanges.some(isAnswered);
      // Only what it asked over a session says whose it was: the newest such request that was answered tells who bears the name.
      const { peerKey } = exchanges.findLast((one) => one.peerKey !== undefined && isAnswered(one)) ?? {};
      if (peerKey !== undefined && key !== undefined) return wasAnswered && key.startsWith(peerKey);
      if (olderThan === undefined) break;
      before = olderThan;
    }
    return wasAnswered;
  }

  isBlocked(agentId: string): boolean {
    return this.#deps.isBlocked(agentId);
  }
}

/** True for a request that one of the two has made and the other has answered. */
function isAnswered({ status, group }: ExchangeView): boolean {
  return status === 'success' && group?.kind !== 'message';
}
