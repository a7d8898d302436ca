import * as v from 'valibot';
import { readCaCertificate } from '../../../pki/ca-certificate.ts';
import type { X509Certificate } from '../../../pki/x509.ts';
import { type AgentId, type Bytes, toHex } from '../../../protocol/bytes.ts';
import { type Ed25519VerifyKey, importEd25519Key } from '../../../protocol/crypto/ed25519.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import { isSignedHeader } from '../../../protocol/session/header.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { type AuditEntry, auditEntry, type EntryOf } from '../entry/entries.ts';
import { AcceptedPairs } from './accepted-pairs.ts';
import { GroupEvidence } from './group-evidence.ts';
import { type ClaimedSession, checkHandshake, validityOf } from './handshake-evidence.ts';
import { hold, isWithin, type KnownSession } from './known-session.ts';
import { checkResumption } from './resumption-evidence.ts';

/** What an agent has shown of itself in its trail: its latest certificates, DER. */
export interface OwnCertificates {
  readonly signing: Bytes;
  readonly encryption: Bytes;
}

/**
 * Sessions that go on from one that is not in the trail, or began among what it says that it omits, and their messages: nothing was
 * altered, but nothing proves whose they are.
 */
export interface Unproven {
  readonly sessions: number;
  readonly messages: number;
}

/** Checks what each entry says by what it holds: certificates, signed handshakes, signed messages. */
export class Evidence {
  readonly #subtle: Subtle;
  readonly #groups: GroupEvidence;
  #agentId: AgentId | undefined;
  #authority: { readonly der: Bytes; readonly certificate: X509Certificate; readonly pairs: AcceptedPairs } | undefined;
  readonly #own = new Map<'signing' | 'encryption', Bytes>();
  /** The latest session of each id: its client chooses it, and a restart forgets which were used. */
  readonly #sessions = new Map<string, KnownSession>();
  readonly #unproven = new Set<string>();
  #unprovenSessions = 0;
  /** The first messages of all sessions, by their hashes: no two are alike. */
  readonly #hellos = new Set<string>();
  readonly #unprovenMessages = new Set<number>();
  #hasGap = false;
  readonly #keys = new Map<string, Ed25519VerifyKey>();
  readonly #messages = new Set<string>();
  readonly #counts = new Map<AuditEntry['kind'], number>();

  constructor(subtle: Subtle) {
    this.#subtle = subtle;
    this.#groups = new GroupEvidence(subtle);
  }

  /** Returns the agent whose trail it is. */
  get agentId(): AgentId | undefined {
    return this.#agentId;
  }

  /** Returns the CA certificate that the agent had pinned. */
  get authority():
    | { readonly der: Bytes; readonly certificate: X509Certificate; readonly pairs: AcceptedPairs }
    | undefined {
    return this.#authority;
  }

  get ownCertificates(): OwnCertificates | undefined {
    const [signing, encryption] = [this.#own.get('signing'), this.#own.get('encryption')];
    return signing === undefined || encryption === undefined ? undefined : { signing, encryption };
  }

  /** Returns what cannot be proven; undefined when everything can. */
  get unproven(): Unproven | undefined {
    const sessions = this.#unprovenSessions;
    return sessions === 0 ? undefined : { sessions, messages: this.#unprovenMessages.size };
  }

  /** True when nothing proves whose the message of this entry is. */
  isUnproven(index: number): boolean {
    return this.#unprovenMessages.has(index);
  }

  /** Returns how many entries of each kind there are, without the resumptions and messages that are not proven. */
  get counts(): ReadonlyMap<AuditEntry['kind'], number> {
    return this.#counts;
  }

  /** Checks the next entry; why it does not hold, if it does not. */
  async next(json: JsonObject): Promise<string | undefined> {
    const { words, signed } = await this.start(json);
    return words ?? (await signed);
  }

  /** Checks the next entry as `next` does, but does not wait for signatures of messages and handshakes: `signed` gives why those do not hold. */
  async start(json: JsonObject): Promise<{ readonly words?: string; readonly signed?: Promise<string | undefined> }> {
    const read = v.safeParse(auditEntry, json);
    if (!read.success) {
      const path = v.getDotPath(read.issues[0]);
      return { words: `It is not an entry of a trail${path === null ? '' : `: member ${path}`}.` };
    }
    const entry = read.output;
    if (entry.kind === 'message') {
      // What made its session may be among what was omitted, which the trail says itself.
      if (this.#hasGap && !this.#isKnown(entry.session_id)) this.#knowUnproven(entry.session_id);
      this.#count(entry);
      if (this.#unproven.has(entry.session_id)) return {};
      // Its session is looked up at once: what comes after the message may replace it.
      const signed = whatIsWrong(this.#checkMessage(entry));
      signed.catch(() => undefined);
      return { signed };
    }
    let signed: Promise<void> | undefined;
    const words = await whatIsWrong(
      this.#check(entry).then((waited) => {
        signed = waited?.signed;
      }),
    );
    if (words !== undefined) return { words };
    this.#count(entry);
    if (signed === undefined) return {};
    const wrong = whatIsWrong(signed);
    wrong.catch(() => undefined);
    return { signed: wrong };
  }

  /** Forgets which messages there were: nothing but entries that this agent writes from now on is to be checked after them. */
  forgetMessages(): void {
    this.#messages.clear();
  }

  /** Returns how many sessions it knows. */
  get size(): number {
    return this.#hellos.size;
  }

  #count(entry: AuditEntry): void {
    const { kind, index } = entry;
    if ((kind === 'message' || kind === 'resumption') && this.#unproven.has(entry.session_id)) {
      if (kind === 'message') this.#unprovenMessages.add(index);
      return;
    }
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  async #check(entry: AuditEntry): Promise<{ readonly signed: Promise<void> } | undefined> {
    hold((entry.index === 0) === (entry.kind === 'began'), 'A trail has one first entry, which names its agent.');
    switch (entry.kind) {
      case 'began':
        this.#agentId = entry.agent_id;
        return undefined;
      case 'certificate':
        await this.#checkCertificate(entry);
        return undefined;
      case 'handshake': {
        hold(this.#authority !== undefined && this.#agentId !== undefined, 'No earlier entry names the authority.');
        await this.#requireNew(entry.client_hello);
        return this.#know(await checkHandshake(this.#subtle, this.#authority.pairs, this.#agentId, entry));
      }
      case 'resumption': {
        const old = this.#sessions.get(entry.resumes);
        hold(this.#agentId !== undefined, 'No earlier entry names the trail’s agent.');
        await this.#requireNew(entry.resume_hello);
        if (old === undefined) {
          this.#knowUnproven(entry.session_id);
          return undefined;
        }
        return this.#know(await checkResumption(this.#subtle, this.#agentId, old, entry));
      }
      case 'group_commit':
      case 'group_message':
        await this.#groups.check(entry);
        return undefined;
      case 'entries_omitted':
        this.#hasGap = true;
        return undefined;
      default:
        return undefined;
    }
  }

  /** Knows the session for the entries that follow; `signed` waits for its signatures and its signing keys. */
  #know({ session, signed }: ClaimedSession): { readonly signed: Promise<void> } {
    this.#sessions.set(session.id, session);
    this.#unproven.delete(session.id);
    const keys = Promise.all([this.#import(session.ownKey), this.#import(session.peerKey)]);
    keys.catch(() => undefined);
    return { signed: signed.then(() => keys).then(() => undefined) };
  }

  #isKnown(sessionId: string): boolean {
    return this.#sessions.has(sessionId) || this.#unproven.has(sessionId);
  }

  #knowUnproven(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#unproven.add(sessionId);
    this.#unprovenSessions += 1;
  }

  async #requireNew(hello: JsonObject): Promise<void> {
    const hash = toHex(await sha256(this.#subtle, canonicalBytes(hello)));
    hold(!this.#hellos.has(hash), 'Its session was already established.');
    this.#hellos.add(hash);
  }

  async #checkCertificate({ at, use, agent_id, der, fingerprint }: EntryOf<'certificate'>): Promise<void> {
    hold(toHex(await sha256(this.#subtle, der)) === fingerprint, 'The certificate has another fingerprint.');
    if (use === 'authority') {
      hold(this.#authority === undefined && agent_id === undefined, 'A trail has one authority.');
      const certificate = readCaCertificate(der);
      hold(await certificate.verify({ signatureOnly: true }), 'The authority’s certificate is not signed by itself.');
      this.#authority = { der, certificate, pairs: new AcceptedPairs(certificate) };
      return;
    }
    hold(this.#authority !== undefined, 'No earlier entry names the authority.');
    const { certificate: ca, pairs } = this.#authority;
    const accepted = await pairs.acceptOne(der, use);
    hold(accepted !== undefined, 'The certificate is not from this authority, or not for this use.');
    hold(accepted.agentId === agent_id, 'The certificate belongs to another agent.');
    const isValid = isWithin(validityOf(ca, accepted), at / 1_000, limits.freshness);
    hold(isValid, 'The certificate was not valid at the time.');
    if (agent_id === this.#agentId) this.#own.set(use, der);
  }

  async #checkMessage(entry: EntryOf<'message'>): Promise<void> {
    const { header, direction, session_id, peer_id, digest, signature } = entry;
    const session = this.#sessions.get(session_id);
    hold(session !== undefined, 'No earlier handshake established its session.');
    const [sender, key] = direction === 'sent' ? [this.#agentId, session.ownKey] : [session.peerId, session.peerKey];
    const isNamed =
      header.session_id === session_id &&
      peer_id === session.peerId &&
      sender !== undefined &&
      header.sender_id === sender;
    hold(isNamed, 'Its sender is not the party that sends in this direction of the session.');
    // The signing key is of this session alone, also when there is another one of its id.
    const place = `${session_id} ${toHex(key)} ${header.epoch} ${header.sequence}`;
    const isNew = !this.#messages.has(place);
    this.#messages.add(place);
    const imported = await this.#import(key);
    hold(
      await isSignedHeader(this.#subtle, imported, header, digest, signature),
      `${header.sender_id} has not signed this message.`,
    );
    hold(isNew, 'The same message occurs before it.');
  }

  async #import(publicKey: Bytes): Promise<Ed25519VerifyKey> {
    const name = toHex(publicKey);
    const key = this.#keys.get(name) ?? (await importEd25519Key(this.#subtle, publicKey).catch(() => undefined));
    hold(key !== undefined, 'A signing key of its session cannot be used: it proves nothing.');
    this.#keys.set(name, key);
    return key;
  }
}

/** Returns why a check does not hold; undefined when it does. */
async function whatIsWrong(check: Promise<void>): Promise<string | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    if (error instanceof ParleyError) return error.detail;
    throw error;
  }
}
