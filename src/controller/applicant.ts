/** Where a registration comes from, and whether agents that have not registered before are welcome, or what they lack. */
export interface Applicant {
  readonly newcomers: 'welcome' | 'without token' | 'with a wrong token';
  /** Undefined where there is no such thing: then nothing is counted by address. */
  readonly address: string | undefined;
  /** The token that a newcomer shows, when it is none of those that admit everybody. */
  readonly ticket?: Ticket | undefined;
}

/** A token that admits some new agents. `who` stands for an agent_id and its key. */
export interface Ticket {
  wouldAdmit(who: string): Promise<boolean>;
  /** Counts the agent; false when the token admits none any more. */
  admit(who: string): Promise<boolean>;
}

/** Why a newcomer is not welcome. */
export const refusals = {
  'without token': 'New agents need a registration token here. Ask whoever runs this Controller for one.',
  'with a wrong token': 'This Controller does not accept this registration token. Check it, or ask for another.',
} as const;
