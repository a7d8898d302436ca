import type { NoticeReaders } from '../delivery/tell-notices.ts';
import { encodeFrame } from '../relay/client/frames.ts';
import type { AgentConnections } from '../relay/server/agent-connections.ts';

/** Returns the agents with a line here as readers of notices. */
export function noticeLines(lines: Pick<AgentConnections, 'has' | 'notice'>): NoticeReaders {
  return {
    has: (agentId) => lines.has(agentId),
    tell: (agentId, { type, inbox, groups }) =>
      lines.notice(
        agentId,
        encodeFrame({ type, inbox, groups: groups.map(([id, index]): [string, number] => [id, index]) }),
      ),
  };
}
