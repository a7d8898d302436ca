import { GroupError } from '../../../group/codes.ts';
import { certificateKey } from '../../../group/credential/credential.ts';
import {
  checkGroupKeyPackage,
  type ReadKeyPackage,
  readGroupKeyPackage,
} from '../../../group/credential/key-package.ts';
import { MlsError } from '../../../mls/errors.ts';
import { type Bytes, equalConstantTime } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { PeerIdentity } from '../../../protocol/handshake/identity.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import type { OwnMethods } from '../../messages/own-methods.ts';
import { type Evidence, finalAfter } from '../evidence/evidence.ts';
import { MinuteLimit } from './minute-limit.ts';
import type { MemberAnswers } from './pairwise.ts';
import { declineCall, pairwiseNames, readCall, rejoinCall, stateCall } from './pairwise-wire.ts';

/** What members are answered with. */
export interface PairwiseAnswersDeps {
  readonly answers: MemberAnswers;
  readonly evidence: Pick<Evidence, 'certificates'>;
  /** DER of every CA that was ever pinned here. */
  authorities(): readonly Bytes[];
  /** Milliseconds since 1970. */
  now(): number;
}

/** Answers the methods that members call over pairwise sessions: members only, each method once a minute for a peer and group. */
export class PairwiseAnswers {
  readonly #deps: PairwiseAnswersDeps;
  readonly #limit: MinuteLimit;

  constructor(deps: PairwiseAnswersDeps) {
    this.#deps = deps;
    this.#limit = new MinuteLimit(() => deps.now());
  }

  /** Has peers' calls answered from now on. */
  register(methods: OwnMethods): void {
    methods.register(pairwiseNames.state, (parameters, peer) => this.#state(parameters, peer));
    methods.register(pairwiseNames.rejoin, (parameters, peer) => this.#rejoin(parameters, peer));
    methods.register(pairwiseNames.decline, (parameters, peer) => this.#decline(parameters, peer));
  }

  async #state(parameters: JsonValue, peer: PeerIdentity): Promise<JsonValue> {
    const { group_id: groupId, index } = readCall(stateCall, parameters);
    this.#require(pairwiseNames.state, groupId, peer);
    const state = await this.#deps.answers.stateAt(groupId, index);
    if (state === undefined) throw unknownGroup();
    const { head, authenticator, ...rest } = state;
    return {
      group_id: groupId,
      index: rest.index,
      head: encodeBase64(head),
      epoch: rest.epoch,
      authenticator: encodeBase64(authenticator),
    };
  }

  async #rejoin(parameters: JsonValue, peer: PeerIdentity): Promise<JsonValue> {
    const { group_id: groupId, key_package: keyPackage, reason } = readCall(rejoinCall, parameters);
    this.#require(pairwiseNames.rejoin, groupId, peer);
    await this.#check(keyPackage, groupId, peer);
    await this.#deps.answers.rejoin(peer, { groupId, keyPackage, reason });
    return {};
  }

  async #decline(parameters: JsonValue, peer: PeerIdentity): Promise<JsonValue> {
    const { group_id: groupId } = readCall(declineCall, parameters);
    this.#require(pairwiseNames.decline, groupId, peer);
    await this.#deps.answers.declined(groupId, peer.agentId);
    return {};
  }

  /** Throws `unknown_group` for who is no member, and `rate_limited` for the second call within a minute. */
  #require(method: string, groupId: string, { agentId }: PeerIdentity): void {
    if (!this.#deps.answers.isMember(groupId, agentId)) throw unknownGroup();
    if (this.#limit.pass(`${method} ${groupId} ${agentId}`)) return;
    throw new ParleyError('rate_limited', 'A member is answered once a minute. Nothing has changed. Ask again later.');
  }

  /** Throws `malformed_message` for a KeyPackage that no member would take, or that is not of the peer's own key. */
  async #check(bytes: Bytes, groupId: string, peer: PeerIdentity): Promise<void> {
    const now = Math.floor(this.#deps.now() / 1_000);
    try {
      const read = readGroupKeyPackage(bytes);
      const certificate = await this.#certificateOf(read, now);
      const evidence = { certificate, authorities: this.#deps.authorities(), rejoins: groupId, now };
      const { spki } = await checkGroupKeyPackage(read, { ...evidence, agentId: peer.agentId });
      if (equalConstantTime(spki, peer.signingSpki)) return;
      throw new GroupError('signing_key_changed', 'The KeyPackage is of another key than the session.');
    } catch (cause) {
      if (!(cause instanceof GroupError) && !(cause instanceof MlsError)) throw cause;
      const detail = 'The KeyPackage is none with which this agent may come back. Nothing has changed.';
      throw new ParleyError('malformed_message', detail, { cause });
    }
  }

  async #certificateOf({ credential }: ReadKeyPackage, now: number): Promise<Bytes | 'unknown'> {
    const key = certificateKey(credential);
    const found = await this.#deps.evidence.certificates([key], now - finalAfter);
    if (found.kind === 'found') return found.value.get(key) ?? 'unknown';
    throw new ParleyError('unavailable', 'The certificate cannot be looked up. Nothing has changed. Ask again later.', {
      cause: found.why,
    });
  }
}

function unknownGroup(): ParleyError {
  return new ParleyError('unknown_group', 'This agent knows no such group, or the two are not in it together.');
}
