import * as v from 'valibot';
import type { ResumptionId } from '../../protocol/bytes.ts';
import { toHex } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import type { ResumptionMemory, ResumptionRecord } from '../../protocol/handshake/resumption/record.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { resumptionOf } from '../../protocol/session/exchange/resumption.ts';
import type { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { resumptionId as resumptionIdMember } from '../../protocol/wire/members.ts';
import type { ResumptionStore, StoredResumption } from '../contracts/resumption-store.ts';

/**
 * How often in a row sessions are resumed. The evidence of a resumed session rests on all that it follows, which the audit trail keeps for
 * as long as it goes on: a peer that resumed without end would fill the trail with what cannot be deleted.
 */
const mostInARow = 1_000;
/** Records that were used and whose new session is not there yet, at most. */
const mostUsed = 1_000;

/** A record, and how often in a row its session was resumed already. */
type KeptRecord = ResumptionRecord & { readonly resumed: number };

/** The records that this agent can resume sessions from (protocol page, section 5), kept across restarts. Each works once. */
export class Resumptions implements ResumptionMemory {
  readonly #store: ResumptionStore;
  readonly #environment: Environment;
  readonly #records = new Map<string, KeptRecord>();
  /** What is being kept for a session: its records replace each other in their order. */
  readonly #keeping = new Map<string, Promise<void>>();
  /** What this side's own hello has used up, while a hello of the former client may still use it. */
  readonly #lent = new Map<string, ResumptionRecord>();
  /** How often in a row the sessions were resumed whose records were used, by session. */
  readonly #used = new Map<string, number>();
  readonly #resumed = new WeakMap<Session, number>();
  readonly decoy: ResumptionMemory['decoy'];
  #isClosed = false;

  private constructor(store: ResumptionStore, environment: Environment, decoy: ResumptionMemory['decoy']) {
    this.#store = store;
    this.#environment = environment;
    this.decoy = decoy;
  }

  /** Reads back the records that earlier runs of this agent have not used, and drops those whose time is over. */
  static async load(store: ResumptionStore, environment: Environment): Promise<Resumptions> {
    const resumptions = new Resumptions(store, environment, await makeDecoy(environment));
    const now = unixSeconds(environment);
    for (const stored of await store.loadResumptions()) {
      const record = fromStored(stored);
      if (record === undefined || record.expiresAt <= now) await store.takeResumption(stored.resumptionId);
      else resumptions.#records.set(toHex(record.id), record);
    }
    return resumptions;
  }

  find(id: ResumptionId): ResumptionRecord | undefined {
    const name = toHex(id);
    return this.#records.get(name) ?? this.#lent.get(name);
  }

  /**
   * Returns this memory for a RESUME_HELLO of this side. When both sides resume at once, the hello of the former
   * client stands (protocol page, section 5): what a former server has taken for its own is still found by the
   * client's, once, until `settle`.
   */
  forOwnHello(): ResumptionMemory {
    return {
      find: (id) => this.find(id),
      take: async (id) => {
        const name = toHex(id);
        const record = this.#records.get(name);
        if (record?.role === 'server') this.#lent.set(name, record);
        const isTaken = record !== undefined && (await this.take(id));
        if (!isTaken) this.#lent.delete(name);
        return isTaken;
      },
      decoy: this.decoy,
    };
  }

  /** Says that this side's own hello with this record is over: nothing is made of the record any more. */
  settle(id: ResumptionId): void {
    this.#lent.delete(toHex(id));
  }

  async take(id: ResumptionId): Promise<boolean> {
    // After that, the records are those of another run of this agent.
    if (this.#isClosed) return false;
    const name = toHex(id);
    const record = this.#records.get(name);
    if (record === undefined) return this.#lent.delete(name);
    // From this step on, nobody else finds it.
    this.#records.delete(name);
    this.#use(record);
    await this.#keeping.get(record.sessionId);
    return this.#store.takeResumption(encodeBase64(id));
  }

  /** Returns the youngest record that resumes a session with a peer. */
  withPeer(peerId: string): ResumptionRecord | undefined {
    const now = unixSeconds(this.#environment);
    return [...this.#records.values()]
      .filter((record) => record.peerId === peerId && record.expiresAt > now)
      .sort((a, b) => a.createdAt - b.createdAt)
      .at(-1);
  }

  /** Returns every record that is not used. */
  all(): readonly ResumptionRecord[] {
    return [...this.#records.values()];
  }

  /** Returns every peer with whom a session can be resumed, the one of the youngest record first. */
  peers(): readonly string[] {
    const now = unixSeconds(this.#environment);
    const usable = this.all().filter(({ expiresAt }) => expiresAt > now);
    return [...new Set(usable.toSorted((a, b) => b.createdAt - a.createdAt).map(({ peerId }) => peerId))];
  }

  /**
   * Keeps what resumes a session in its newest epoch, in place of what resumed it before. It never rejects: a session that cannot
   * be resumed is a session all the same. `resumes`: the session that a new one goes on from.
   */
  async keep(session: Session, resumes?: string): Promise<void> {
    if (resumes !== undefined) {
      this.#resumed.set(session, (this.#used.get(resumes) ?? 0) + 1);
      this.#used.delete(resumes);
    }
    const before = this.#keeping.get(session.id) ?? Promise.resolve();
    const keeping = before.then(() => this.#keep(session)).catch(() => undefined);
    this.#keeping.set(session.id, keeping);
    await keeping;
    if (this.#keeping.get(session.id) === keeping) this.#keeping.delete(session.id);
  }

  async #keep(session: Session): Promise<void> {
    const resumed = this.#resumed.get(session) ?? 0;
    if (this.#isClosed || session.status !== 'ESTABLISHED' || resumed >= mostInARow) return;
    const record = { ...(await resumptionOf(this.#environment, session)), resumed };
    // It may have ended meanwhile: by a CLOSE, or by a CRL that lists its peer.
    if (this.#isClosed || session.status !== 'ESTABLISHED') return;
    const old = this.#ofSession(session.id, session.peer.agentId);
    if (old !== undefined) this.#records.delete(toHex(old.id));
    const oldId = old === undefined ? undefined : encodeBase64(old.id);
    try {
      await this.#store.saveResumption(toStored(record), oldId);
    } catch {
      // An epoch that is over must not be resumed from, also when nothing can be kept of the new one.
      if (oldId !== undefined) await this.#store.takeResumption(oldId);
      return;
    }
    this.#records.set(toHex(record.id), record);
  }

  #use({ sessionId, resumed }: KeptRecord): void {
    this.#used.set(sessionId, resumed);
    const [oldest] = this.#used.keys();
    if (this.#used.size > mostUsed && oldest !== undefined) this.#used.delete(oldest);
  }

  /** Keeps and takes nothing more; resolves when what was being kept is kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#keeping.values());
  }

  /** Forgets what resumes a session with a peer: it was closed, or its peer is not to be trusted any more. */
  async forget(sessionId: string, peerId: string): Promise<void> {
    if (this.#isClosed) return;
    await this.#keeping.get(sessionId);
    await this.#forgetAll((record) => record.sessionId === sessionId && record.peerId === peerId);
  }

  /** Forgets everything that resumes a session with a peer: one side has ended it. */
  forgetPeer(peerId: string): Promise<void> {
    return this.#forgetAll((record) => record.peerId === peerId);
  }

  /** Forgets what resumes earlier sessions with a peer in which this side had the same role: a full handshake replaces it (protocol page, section 5). */
  forgetReplaced({ peer, role }: Session): Promise<void> {
    return this.#forgetAll((record) => record.peerId === peer.agentId && record.role === role);
  }

  /** Forgets the records whose time is over. */
  forgetExpired(): Promise<void> {
    const now = unixSeconds(this.#environment);
    return this.#forgetAll(({ expiresAt }) => expiresAt <= now);
  }

  async #forgetAll(isMeant: (record: ResumptionRecord) => boolean): Promise<void> {
    // What was erased stays erased.
    if (this.#isClosed) return;
    for (const [name, record] of this.#lent) if (isMeant(record)) this.#lent.delete(name);
    await Promise.all([...this.#keeping.values()]);
    await Promise.all(
      this.all()
        .filter(isMeant)
        .map(({ id }) => this.take(id)),
    );
  }

  /**
   * Returns the record of a session and a peer: an id alone is not enough, because another peer may choose one that
   * it has seen on the wire.
   */
  #ofSession(sessionId: string, peerId: string): ResumptionRecord | undefined {
    return [...this.#records.values()].find((record) => record.sessionId === sessionId && record.peerId === peerId);
  }
}

async function makeDecoy({ subtle, random }: Environment): Promise<ResumptionMemory['decoy']> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;
  const key = await subtle.importKey('raw', random(32), algorithm, false, ['sign', 'verify']);
  const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  return { key, peerSigningPublic: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)) };
}

function toStored({ id, peerSigningPublic, ...record }: KeptRecord): StoredResumption {
  return { ...record, resumptionId: encodeBase64(id), peerSigningKey: peerSigningPublic };
}

/** Returns a record as it was stored; undefined for a damaged one, after which a full handshake follows. */
function fromStored({
  resumptionId,
  peerSigningKey,
  peerId,
  isExtended = false,
  resumed = 0,
  ...record
}: StoredResumption): KeptRecord | undefined {
  const id = v.safeParse(resumptionIdMember, resumptionId);
  if (!id.success || !isAgentId(peerId)) return undefined;
  return { ...record, id: id.output, peerId, isExtended, resumed, peerSigningPublic: peerSigningKey };
}
