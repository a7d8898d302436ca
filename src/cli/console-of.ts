import type { Emitter } from '../agent/contracts/emitter.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import type { ConsoleAgent, ConsoleGroups } from '../console/agent.ts';
import type { OpenedAgent } from '../library/open-agent.ts';

/** Returns an agent of this process as its console uses it. `events` tells what happens to it. */
export function consoleOf(
  { agent, address }: Pick<OpenedAgent, 'agent' | 'address'>,
  agentId: string,
  events: Emitter<AgentEvent>,
): ConsoleAgent {
  return {
    ...groupsOf(agent, events),
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
    cancel: async (peerId, requestId) => agent.cancel(peerId, requestId),
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

/** Returns the groups of an agent as its console uses them. */
function groupsOf(agent: OpenedAgent['agent'], events: Emitter<AgentEvent>): ConsoleGroups {
  return {
    groups: () => agent.snapshot().groups,
    invitations: () => agent.snapshot().invitations,
    createGroup: (group) => agent.groups.create(group),
    inviteToGroup: (groupId, agentIds) => agent.groups.invite(groupId, agentIds),
    removeFromGroup: (groupId, agentIds) => agent.groups.remove(groupId, agentIds),
    renameGroup: (groupId, name) => agent.groups.rename(groupId, name),
    setGroupAdmins: (groupId, admins) => agent.groups.setAdmins(groupId, admins),
    leaveGroup: (groupId) => agent.groups.leave(groupId),
    forgetGroup: (groupId) => agent.groups.forget(groupId),
    acceptInvitation: (groupId) => agent.groups.accept(groupId),
    declineInvitation: (groupId) => agent.groups.decline(groupId),
    sendToGroup: (saying) => agent.groups.say(saying),
    askGroup: (asking) => agent.groups.ask(asking),
    markGroupRead: (groupId) => agent.groups.markRead(groupId),
    rejoinGroup: (groupId) => agent.groups.rejoin(groupId),
    startGroupAnew: (groupId) => agent.groups.startAnew(groupId),
    goOnForked: (groupId) => agent.groups.goOnForked(groupId),
    groupEvents: (groupId, before, count) => agent.groups.events(groupId, before, count),
    onChange: (listener) => events.follow((event) => changesShown(event) && listener()),
  };
}

function changesShown({ type }: AgentEvent): boolean {
  return type === 'exchange' || type === 'group' || type === 'group_forgotten';
}
