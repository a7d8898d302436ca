import { helper, traveller } from '../agent-tab.ts';

/** An agent's tab, as the main job uses it in any browser. Everything waits until it shows, or fails. */
export interface MainJobTab {
  /** Opens the agent and waits until it is ready and reachable. */
  open(agentId: string): Promise<void>;
  connect(peerId: string): Promise<void>;
  talkTo(peerId: string): Promise<void>;
  /** Has the peer echo a word, and waits for the answer. */
  say(word: string): Promise<void>;
  /** Waits until a word of the peer's is in the conversation. */
  hears(word: string): Promise<void>;
  /** Reloads the page and waits until the agent is ready. */
  reload(): Promise<void>;
  /** Waits until a session is shown that resumed the former one. */
  resumed(): Promise<void>;
}

/**
 * Does what Parley is for in two tabs of one browser: Traveller and Helper register, shake hands, ask and answer both ways; then
 * Traveller is reloaded, and the conversation goes on by a resumption.
 */
export async function doMainJob(one: MainJobTab, two: MainJobTab): Promise<void> {
  await one.open(traveller);
  await two.open(helper);
  await one.connect(helper);
  await one.say('there before');
  await two.talkTo(traveller);
  await two.hears('there before');
  await two.say('back before');

  await one.reload();
  await one.resumed();
  await one.talkTo(helper);
  await one.say('there after');
  await two.hears('there after');
  await two.say('back after');
  await one.hears('back after');
}
