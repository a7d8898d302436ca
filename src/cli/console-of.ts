import type { ConsoleAgent } from '../console/agent.ts';
import type { OpenedAgent } from '../library/open-agent.ts';

/** Returns an agent of this process as its console uses it. */
export function consoleOf({ agent, address }: Pick<OpenedAgent, 'agent' | 'address'>, agentId: string): ConsoleAgent {
  return {
    agentId,
    address,
    keysIn: 'files',
    identity: () => {
      const { phase } = agent.snapshot();
      return phase.phase === 'ready' ? phase.identity : undefined;
    },
    sessions: () => agent.snapshot().sessions,
    trace: (sessionId) => agent.snapshot().traces[sessionId] ?? [],
    peers: (page) => agent.peers(page),
    peer: (peerId) => agent.peer(peerId),
    connect: (peerId) => agent.connect(peerId),
    send: (request) => agent.send(request),
    disconnect: (sessionId) => agent.disconnect(sessionId),
    updateKeys: (sessionId) => agent.updateKeys(sessionId),
    safetyNumber: (peerId) => agent.safetyNumber(peerId),
    markVerified: (peerId, keyFingerprint) => agent.markVerified(peerId, keyFingerprint),
    audit: (count) => agent.audit.page(undefined, count),
    verifyAudit: () => agent.audit.verify(),
    exchanges: () => agent.snapshot().exchanges,
    answering: () => agent.snapshot().answering,
    setAnswering: async (answering) => agent.setAnswering(answering),
    answer: async (peerId, requestId, answer) => agent.answer(peerId, requestId, answer),
    history: (peerId, before, count) => agent.historyService.history.page(peerId, before, count),
    histories: () => agent.historyService.retention.usages(),
    search: (input) => agent.historyService.search(input),
  };
}
