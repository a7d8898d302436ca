import type { Agent, AgentOptions } from '../../src/library/browser.ts';

declare global {
  /** The page of `LibraryPage`. */
  interface Window {
    readonly parley: { readonly Agent: { open(options: AgentOptions): Promise<Agent> } };
    agent: Agent;
  }
}
