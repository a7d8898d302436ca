import { Hono } from 'hono';
import type { AgentEvent, LineView } from '../agent/contracts/views.ts';
import type { ConsoleAgent } from '../console/agent.ts';
import { visibleLine } from '../console/visible-text.ts';
import { problemResponse } from '../http/problem-response.ts';
import { isLoopback, withoutBrackets } from '../http/server/addresses.ts';
import { crossOrigin } from '../http/server/cross-origin.ts';
import { type Listening, listen } from '../http/server/listen.ts';
import type { OpenedAgent } from '../library/open-agent.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { OwnAddress } from '../relay/server/own-address.ts';
import { loadOrCreateTls } from '../storage/file/tls-files.ts';
import type { TlsNews } from '../storage/file/tls-watch.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { openNamed, withNames } from './open-named.ts';
import { type AgentArguments, readAgentArguments } from './options.ts';
import { runRepl, type Terminal } from './repl.ts';
import { trustCertificates } from './trust.ts';

/**
 * Runs `parley agent`: an agent that answers and has a console, until its input ends or it is told to stop. Returns
 * the exit code.
 */
export async function runAgent({ flags }: Given, terminal: Terminal): Promise<number> {
  const say = (text: string) => terminal.output.write(`${visibleLine(text)}\n`);
  const stop = stopSignal();
  let listening: Listening | undefined;
  try {
    const given = await readAgentArguments(flags, process.env, 'helper_agent_001');
    if (given.trust !== undefined) await trustCertificates(given.trust);
    let opened: OpenedAgent | undefined;
    listening = given.listen === undefined ? undefined : await serve(given, () => opened, say);
    const { id: agentId } = given;
    const opening = openNamed(given, {
      emit: (event) => tell(event, say),
      ...(given.listen === undefined ? {} : { address: given.listen.origin }),
    });
    opened = await Promise.race([opening, stopped(stop)]);
    if (opened === undefined) {
      // Told to stop before it was ready: what comes of the opening is of no interest.
      void opening.then((late) => late.close()).catch((error: unknown) => say(`[INFO] ${asParleyError(error).detail}`));
      return exitCodes.done;
    }
    say(`[INFO] ✓ ${agentId} is ready at ${opened.address}. Type help to see what it can do.`);
    await runRepl(consoleOf(opened, agentId), terminal, stop);
    await opened.close();
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  } finally {
    listening?.server.close();
    listening?.server.closeAllConnections();
  }
}

/** Answers at the agent's own address; before the agent is ready, with its refusal. */
async function serve(
  given: AgentArguments,
  opened: () => OpenedAgent | undefined,
  say: (text: string) => void,
): Promise<Listening> {
  const url = given.listen ?? new URL('https://localhost:5001');
  const app = new Hono();
  app.use(
    crossOrigin({
      url: url.origin,
      isLocal: isLoopback(url.hostname),
      isTls: url.protocol === 'https:',
      family: () => [given.controller, ...(opened()?.relays ?? [])],
      named: given.allowOrigin,
    }),
  );
  app.onError((error) => problemResponse(error));
  const own = new OwnAddress(given.id);
  own.start();
  app.all('*', (c) => {
    const { agent } = opened() ?? {};
    if (agent === undefined) throw new ParleyError('unavailable', 'This agent is starting. Try again in a moment.');
    return own.answer(c, (request) => agent.fetch(request));
  });
  let tls = given.tls;
  if (url.protocol === 'https:' && tls === undefined) {
    const made = await loadOrCreateTls(given.folder, withoutBrackets(url.hostname)).catch((cause: unknown) => {
      throw withNames(cause, given);
    });
    tls = made;
    say(`[INFO] TLS certificate ${made.cert}, made by this agent for itself.`);
    say(`[INFO]   SHA-256 ${made.fingerprint}`);
    say(`[INFO]   A browser asks once: open ${url.origin}/agent/session/0 and accept it.`);
    say(`[INFO]   Another Node agent: parley agent --trust ${made.cert}`);
  }
  const address = {
    host: url.hostname,
    port: Number(url.port),
    tls: url.protocol === 'https:' ? tls : undefined,
    flags: '--listen',
  };
  const listening = await listen(
    address,
    (request, env) => app.fetch(request, env ?? {}),
    (news) => say(tlsWords(news)),
  );
  if (given.tls === undefined && tls !== undefined) keepRenewing(listening, given.folder, url, say);
  return listening;
}

/** Makes the agent's own TLS certificate anew near its end; who has trusted the file trusts it again. */
function keepRenewing({ server }: Listening, folder: string, url: URL, say: (text: string) => void): void {
  const look = () =>
    loadOrCreateTls(folder, withoutBrackets(url.hostname)).catch((error: unknown) => {
      say(`[WARN] The TLS certificate could not be read: ${asParleyError(error).detail}`);
    });
  const timer = setInterval(() => void look(), 86_400_000);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function tlsWords(news: TlsNews): string {
  switch (news.kind) {
    case 'tls_reloaded':
      return `[INFO] A new TLS certificate is in use, valid until ${news.ends.toISOString()}.`;
    case 'tls_unusable':
      return '[WARN] The new TLS certificate or key cannot be used. The former one stays in use.';
    case 'tls_ends':
      return `[WARN] The TLS certificate expires at ${news.ends.toISOString()}. Put a new one in its place; no restart is needed.`;
  }
}

function tell(event: AgentEvent, say: (text: string) => void): void {
  if (event.type === 'line') say(lineWords(event.line));
  else if (
    event.type === 'exchange' &&
    event.exchange.direction === 'incoming' &&
    event.exchange.status !== 'pending'
  ) {
    const { peerId, method, status } = event.exchange;
    say(`[INFO] ${peerId} asked ${method}: ${status}`);
  } else if (event.type === 'phase' && event.phase.phase === 'making_keys') {
    say(`[INFO] Making keys: ${event.phase.made} of ${event.phase.of} pairs`);
  } else if (event.type === 'phase' && event.phase.phase === 'ready') {
    const { renewalFailure, notAfter } = event.phase.identity;
    const end = new Date(notAfter * 1_000).toISOString();
    if (renewalFailure === undefined) say(`[INFO] Certificates valid until ${end}; they are renewed before.`);
    else say(`[WARN] The certificates expire ${end} and cannot be renewed: ${renewalFailure.detail} Trying again.`);
  }
}

function lineWords(line: LineView): string {
  if ('reason' in line) {
    return `[WARN] Not reachable: HTTP reaches ${line.relay}, but a proxy or firewall in between stops WebSockets. Have it pass “Upgrade: websocket” for /relay/connect. You can send; retrying automatically.`;
  }
  switch (line.status) {
    case 'connecting':
      return `[INFO] Connecting to ${line.relay} …`;
    case 'connected':
      return `[INFO] ✓ Online at ${line.relay}`;
    case 'waiting':
      return `[WARN] ${line.relay} does not answer. Retrying automatically.`;
    case 'replaced':
      return `[WARN] Another connection of this agent has taken over.`;
    case 'refused':
      return `[ERROR] ✗ ${line.relay} refuses this agent: ${line.detail}`;
  }
}

function consoleOf({ agent, address }: OpenedAgent, agentId: string): ConsoleAgent {
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
  };
}

function stopped(stop: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve(undefined);
    stop.addEventListener('abort', () => resolve(undefined));
  });
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
