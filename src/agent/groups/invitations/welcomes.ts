import { GroupError } from '../../../group/codes.ts';
import { checkCertificate } from '../../../group/credential/check-credential.ts';
import { certificateKey } from '../../../group/credential/credential.ts';
import { credentialOf } from '../../../group/credential/members.ts';
import type { LogEntry } from '../../../group/log/entry.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { joinFromWelcome, type OpenedWelcome, openWelcome, secretsOfWelcome } from '../../../group/member/join.ts';
import { certificatesOfTree } from '../../../group/rules/needed.ts';
import { MlsError } from '../../../mls/errors.ts';
import { decodeMlsMessage } from '../../../mls/structures/mls-message.ts';
import type { Welcome } from '../../../mls/structures/welcome.ts';
import { leafAt } from '../../../mls/tree/ratchet-tree.ts';
import { type Bytes, wipe } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { Evidence, Found } from '../evidence/evidence.ts';
import type { KeyPackages, OwnKeyPackage } from '../key-packages/key-packages.ts';
import type { DeliveryService, InboxItem } from '../service/delivery-service.ts';
import type { Joining } from './invitations.ts';

/** What Welcomes are read with. */
export interface WelcomesDeps {
  readonly selfId: string;
  readonly subtle: Subtle;
  readonly service: Pick<DeliveryService, 'entries'>;
  readonly keyPackages: Pick<KeyPackages, 'forWelcome' | 'used'>;
  readonly evidence: Pick<Evidence, 'certificates'>;
  /** DER of every CA that was ever pinned here. */
  authorities(): readonly Bytes[];
}

/** A Welcome, and where it came from. */
export type Received = Pick<InboxItem, 'groupId' | 'entry' | 'from' | 'message'>;

/** A Welcome that passed every check that needs no certificate. */
export interface ReadWelcome {
  readonly kind: 'read';
  readonly opened: OpenedWelcome;
  readonly own: OwnKeyPackage;
  readonly before: Bytes;
}

/** What a Welcome is. `no_key_package`: the private part of the KeyPackage is not there; `refused`: for ever. */
export type WelcomeReading = ReadWelcome | { readonly kind: 'no_key_package' } | { readonly kind: 'refused' };

/** Reads Welcomes, with every check of the groups page, section 2. */
export class Welcomes {
  readonly #deps: WelcomesDeps;

  constructor(deps: WelcomesDeps) {
    this.#deps = deps;
  }

  /** Reads a Welcome and the commit entry that it came with. Rejects with what the service and the storage reject with. */
  async read({ groupId, entry: index, from, message }: Received): Promise<WelcomeReading> {
    const welcome = welcomeIn(message);
    if (welcome === undefined || !isGroupId(groupId)) return { kind: 'refused' };
    const own = await this.#deps.keyPackages.forWelcome(welcome);
    if (own === undefined) return { kind: 'no_key_package' };
    const isOfAnother = own.rejoins !== undefined && own.rejoins !== groupId;
    const placed = isOfAnother ? undefined : await this.#entryAt(groupId, index);
    if (placed === undefined || placed.entry.sender !== from) return refused(own);
    try {
      const opened = await openWelcome({
        ...{ message, groupId },
        keyPackage: own.keyPackage,
        secrets: own.secrets,
        selfId: this.#deps.selfId,
        entry: placed.entry,
        isRejoin: own.rejoins === groupId,
      });
      return { kind: 'read', opened, own, before: placed.before };
    } catch (cause) {
      if (cause instanceof GroupError || cause instanceof MlsError) return refused(own);
      throw cause;
    }
  }

  /** Judges the group of a Welcome by the certificates of its leaves. Undefined: it is refused for ever. */
  async judge({ opened, own, before }: ReadWelcome): Promise<Found<Joining | undefined>> {
    const { tree } = opened.joined.state;
    const signer = leafAt(tree, opened.joined.signer);
    const { at } = opened.received.entry;
    const certificates = await this.#deps.evidence.certificates(certificatesOfTree(tree), at);
    if (certificates.kind === 'waits') return certificates;
    const evidence = { authorities: this.#deps.authorities(), certificates: certificates.value };
    const joined = await joinFromWelcome(this.#deps.subtle, opened, before, evidence);
    if (!('type' in joined) || signer === undefined) return { kind: 'found', value: undefined };
    const vouching = credentialOf(signer);
    const found = certificates.value.get(certificateKey(vouching)) ?? 'unknown';
    const { spki: inviterSpki } = await checkCertificate(vouching.certificate, found, evidence.authorities);
    const { step, schedule } = joined;
    const { groupId } = opened.received;
    const change = this.#deps.keyPackages.used(own);
    return { kind: 'found', value: { groupId, opened, step, inviterSpki, schedule, own, change } };
  }

  /** Returns the entry at an index and the head before it; undefined when there is none that this agent may read. */
  async #entryAt(
    groupId: string,
    index: number,
  ): Promise<{ readonly entry: LogEntry; readonly before: Bytes } | undefined> {
    try {
      const { entries, before } = await this.#deps.service.entries(groupId, index);
      const [entry] = entries;
      return entry?.index === index ? { entry, before } : undefined;
    } catch (cause) {
      if (cause instanceof ParleyError && cause.code === 'unknown_group') return undefined;
      throw cause;
    }
  }
}

/** Wipes what a Welcome that is not joined now has opened, and the KeyPackage's secrets that were read for it. */
export function closeWelcome({ opened, own }: ReadWelcome): void {
  wipe(...secretsOfWelcome(opened), own.secrets.initSecret, own.secrets.leafSecret);
}

function refused({ secrets }: OwnKeyPackage): WelcomeReading {
  wipe(secrets.initSecret, secrets.leafSecret);
  return { kind: 'refused' };
}

function welcomeIn(message: Bytes): Welcome | undefined {
  try {
    const read = decodeMlsMessage(message);
    return read.wireFormat === 'mls_welcome' ? read.welcome : undefined;
  } catch (cause) {
    if (cause instanceof MlsError) return undefined;
    throw cause;
  }
}
