/** What is new for one agent. */
export interface DeliveryNews {
  /** Index of the newest Welcome in its inbox. */
  readonly inbox?: number;
  /** A group and the index of its newest entry. */
  readonly group?: readonly [groupId: string, index: number];
}

/** Carries notices to agents: on the relay's line, in a stream of events, and to other servers. */
export interface DeliveryNotices {
  /** Is called after what is new was stored. It throws nothing, and is waited for by nobody: a notice that is lost costs time alone. */
  changed(agentId: string, news: DeliveryNews): void;
}
