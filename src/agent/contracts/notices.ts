/** What a notice of the delivery service says (groups page, section 4): where something new is. It has to be looked up. */
export interface DeliveryNotice {
  /** The index that the next Welcome in the inbox gets. */
  readonly inbox: number;
  /** For each group with something new its group_id and the index of its newest entry. */
  readonly groups: readonly (readonly [groupId: string, index: number])[];
}

/** Whoever follows notices. */
export interface NoticeListener {
  noticed(notice: DeliveryNotice): void;
  /** Hears that a connection is new: what was told before was not heard. `hasNotices` is false when it carries none. */
  began(hasNotices: boolean): void;
}

/** Notices on a connection that an agent has anyway, in place of a stream of its own. */
export interface NoticeFeed {
  /** Tells `listener` everything from now on; the function it returns ends that. */
  follow(listener: NoticeListener): () => void;
}
