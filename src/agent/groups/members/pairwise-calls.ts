import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import type { GroupStateAnswer, PairwiseMethods, Rejoining } from './pairwise.ts';
import { pairwiseNames, readCall, stateAnswer } from './pairwise-wire.ts';

/** Milliseconds to an answer, a new session included. */
const deadlineMs = 30_000;

/** What calls a method of Parley itself at a peer. */
export interface CallsPeers {
  call(peerId: string, method: string, parameters: JsonValue, timeout: number): Promise<JsonValue>;
}

/** Calls the methods of other members over pairwise sessions. */
export class PairwiseCalls implements PairwiseMethods {
  readonly #peers: CallsPeers;

  constructor(peers: CallsPeers) {
    this.#peers = peers;
  }

  async groupState(peerId: string, groupId: string, index: number): Promise<GroupStateAnswer> {
    const answer = await this.#call(peerId, pairwiseNames.state, { group_id: groupId, index });
    const { group_id, ...state } = this.#read(answer);
    if (group_id === groupId && state.index <= index) return state;
    throw notAnAnswer();
  }

  async groupRejoin(peerId: string, { groupId, keyPackage, reason }: Rejoining): Promise<void> {
    const parameters = { group_id: groupId, key_package: encodeBase64(keyPackage), reason };
    await this.#call(peerId, pairwiseNames.rejoin, parameters);
  }

  async groupDecline(peerId: string, groupId: string): Promise<void> {
    await this.#call(peerId, pairwiseNames.decline, { group_id: groupId });
  }

  #call(peerId: string, method: string, parameters: JsonValue): Promise<JsonValue> {
    return this.#peers.call(peerId, method, parameters, deadlineMs);
  }

  #read(answer: JsonValue) {
    try {
      return readCall(stateAnswer, answer);
    } catch (cause) {
      throw notAnAnswer(asParleyError(cause));
    }
  }
}

function notAnAnswer(cause?: ParleyError): ParleyError {
  return new ParleyError('invalid_answer', 'The member’s answer is not one to what it was asked.', { cause });
}
