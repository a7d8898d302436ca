import * as v from 'valibot';
import type { NoticeFeed } from '../../agent/contracts/notices.ts';

/** The channel over which the delivery service of a browser tells its tabs what is new. Nothing secret is on it. */
const channelName = 'parley:notices';

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const groupId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const notice = v.object({
  agentId: v.string(),
  inbox: v.exactOptional(index),
  group: v.exactOptional(v.strictTuple([groupId, index])),
});

/** What is new for one agent. */
interface BrowserNotice {
  readonly agentId: string;
  /** Index of the newest Welcome in the agent's inbox. */
  readonly inbox?: number;
  /** A group and the index of its newest entry. */
  readonly group?: readonly [groupId: string, index: number];
}

/** Returns what tells every tab of this origin that something is new for an agent. */
export function noticeTeller(): (told: BrowserNotice) => void {
  const channel = new BroadcastChannel(channelName);
  return (told) => channel.postMessage(told);
}

/** Returns the notices for an agent of this browser. */
export function browserNotices(agentId: string): NoticeFeed {
  return {
    follow: (listener) => {
      const channel = new BroadcastChannel(channelName);
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        const { success, output } = v.safeParse(notice, data);
        if (!success || output.agentId !== agentId) return;
        const { inbox, group } = output;
        listener.noticed({ inbox: inbox === undefined ? 0 : inbox + 1, groups: group === undefined ? [] : [group] });
      });
      return () => channel.close();
    },
  };
}
