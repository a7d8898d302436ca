/** A group of this agent and one other. */
interface DirectGroup {
  readonly groupId: string;
  /** False while nothing can be sent in it: it was left, this agent or the peer is stranded, or it is forked. */
  readonly isUsable: boolean;
}

/** What offline delivery asks of the runtime of groups. */
export interface DirectPort {
  /** Returns every direct group with a peer. */
  directGroups(peerId: string): readonly DirectGroup[];
  /**
   * Makes a direct group with a peer; resolves with its group_id when the service has it with its Welcome. Rejects with
   * `no_key_package`, `member_not_trusted`, `delivery_unreachable`, `mailbox_full`.
   */
  createDirect(peerId: string): Promise<string>;
}
