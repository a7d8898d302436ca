import type { ConsoleAgent } from '../../console/agent.ts';
import type { HostedAgent } from '../state/hosted-agent.ts';

/** Returns the hosted agent as the console uses it: with the same calls as the buttons. */
export function consoleAgent({ agentId, address, engine, store }: HostedAgent): ConsoleAgent {
  return {
    agentId,
    address,
    groups: () => store.getState().groups,
    invitations: () => store.getState().invitations,
    createGroup: (group) => engine.createGroup(group),
    inviteToGroup: (groupId, agentIds) => engine.inviteToGroup(groupId, agentIds),
    removeFromGroup: (groupId, agentIds) => engine.removeFromGroup(groupId, agentIds),
    renameGroup: (groupId, name) => engine.renameGroup(groupId, name),
    setGroupAdmins: (groupId, admins) => engine.setGroupAdmins(groupId, admins),
    leaveGroup: (groupId) => engine.leaveGroup(groupId),
    forgetGroup: (groupId) => engine.forgetGroup(groupId),
    acceptInvitation: (groupId) => engine.acceptInvitation(groupId),
    declineInvitation: (groupId) => engine.declineInvitation(groupId),
    sendToGroup: (saying) => engine.sendToGroup(saying),
    askGroup: (asking) => engine.askGroup(asking),
    markGroupRead: (groupId) => engine.markGroupRead(groupId),
    rejoinGroup: (groupId) => engine.rejoinGroup(groupId),
    startGroupAnew: (groupId) => engine.startGroupAnew(groupId),
    goOnForked: (groupId) => engine.goOnForked(groupId),
    groupEvents: (groupId, before, count) => engine.groupEvents(groupId, before, count),
    onChange: (listener) => store.subscribe(() => listener()),
    identity: () => {
      const { phase } = store.getState();
      return phase.phase === 'ready' ? phase.identity : undefined;
    },
    sessions: () => store.getState().sessions,
    trace: (sessionId) => store.getState().traces[sessionId] ?? [],
    peers: (page) => engine.peers(page),
    peer: (peerId) => engine.peer(peerId),
    connect: async (peerId) => {
      const session = await engine.connect(peerId);
      // What the engine told while it connected reaches the page gathered, a frame later.
      await arrivalOf(
        store,
        () => store.getState().traces[session.sessionId]?.some(({ kind }) => kind === 'established') === true,
      );
      return session;
    },
    send: (request) => engine.send(request),
    cancel: (peerId, requestId) => engine.cancel(peerId, requestId),
    disconnect: (sessionId) => engine.disconnect(sessionId),
    updateKeys: async (sessionId) => {
      const epochOf = () => store.getState().sessions.find((session) => session.sessionId === sessionId)?.epoch ?? 0;
      const epoch = await engine.updateKeys(sessionId);
      await arrivalOf(store, () => epochOf() >= epoch);
      return epoch;
    },
    safetyNumber: (peerId) => engine.safetyNumber(peerId),
    markVerified: (peerId, keyFingerprint) => engine.markVerified(peerId, keyFingerprint),
    audit: (count) => engine.audit(undefined, count),
    verifyAudit: () => engine.verifyAudit(),
    exchanges: () => store.getState().exchanges,
    answering: () => store.getState().answering,
    setAnswering: (answering) => engine.setAnswering(answering),
    answer: (peerId, requestId, answer) => engine.answer(peerId, requestId, answer),
    history: (peerId, before, count) => engine.history(peerId, before, count),
    histories: () => engine.keptHistories(),
    search: (input) => engine.search(input),
  };
}

function arrivalOf(store: HostedAgent['store'], arrived: () => boolean): Promise<void> {
  if (arrived()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe(() => {
      if (!arrived()) return;
      unsubscribe();
      resolve();
    });
  });
}
