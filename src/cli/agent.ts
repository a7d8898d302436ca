import { Hono } from 'hono';
import { Emitter } from '../agent/contracts/emitter.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { problemResponse } from '../http/problem-response.ts';
import { isLoopback, withoutBrackets } from '../http/server/addresses.ts';
import { crossOrigin } from '../http/server/cross-origin.ts';
import { type Listening, listen } from '../http/server/listen.ts';
import type { OpenedAgent } from '../library/open-agent.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { OwnAddress } from '../relay/server/own-address.ts';
import { ConsoleLines } from '../storage/file/console-lines.ts';
import { loadOrCreateTls } from '../storage/file/tls-files.ts';
import type { TlsNews } from '../storage/file/tls-watch.ts';
import { complain } from './complain.ts';
import { consoleOf } from './console-of.ts';
import { EventTeller } from './event-teller.ts';
import { exitCodes } from './exit-codes.ts';
import { FileTaker } from './file-taker.ts';
import type { Given } from './given.ts';
import { openNamed, withNames } from './open-named.ts';
import { type AgentArguments, readAgentArguments } from './options.ts';
import { type LineMemory, runRepl, untilAborted } from './repl.ts';
import { Screen, type Terminal, type Told } from './screen.ts';
import { trustCertificates } from './trust.ts';

/**
 * Runs `parley agent`: an agent that answers and has a console, until its input ends or it is told to stop. Returns
 * the exit code.
 */
export async function runAgent({ flags }: Given, terminal: Terminal): Promise<number> {
  const isService = flags['no-console'] === true;
  const screen = new Screen({ output: terminal.output, isInteractive: terminal.isInteractive && !isService });
  const stop = stopSignal();
  let listening: Listening | undefined;
  try {
    const given = await readAgentArguments(flags, process.env, 'helper_agent_001');
    if (given.trust !== undefined) await trustCertificates(given.trust);
    let opened: OpenedAgent | undefined;
    listening = given.listen === undefined ? undefined : await serve(given, () => opened, screen);
    const { id: agentId } = given;
    const teller = new EventTeller(screen, agentId);
    const events = new Emitter<AgentEvent>();
    events.follow((event) => teller.tell(event));
    const taker = new FileTaker(given.files === undefined ? undefined : given.filesLimit, screen);
    events.follow((event) => taker.hear(opened, event));
    const opening = openNamed(given, {
      emit: (event) => events.emit(event),
      readsAnswers: true,
      ...(given.listen === undefined ? {} : { address: given.listen.origin }),
    });
    opened = await Promise.race([opening, stopped(stop)]);
    if (opened === undefined) {
      // Told to stop before it was ready: what comes of the opening is of no interest.
      void opening
        .then((late) => late.close())
        .catch((error: unknown) => screen.tell('INFO', asParleyError(error).detail));
      return exitCodes.done;
    }
    taker.begin(opened);
    const hint = isService ? '' : ' Type help to see what it can do.';
    screen.tell('INFO', `✓ ${agentId} is ready at ${opened.address}.${hint}`);
    if (isService) await untilAborted(stop);
    else await runRepl(consoleOf(opened, agentId, events), terminal, screen, await linesOf(given, screen), stop);
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
async function serve(given: AgentArguments, opened: () => OpenedAgent | undefined, screen: Screen): Promise<Listening> {
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
    screen.tell('INFO', `TLS certificate ${made.cert}, made by this agent for itself.`);
    screen.tell('INFO', `  SHA-256 ${made.fingerprint}`);
    screen.tell('INFO', `  A browser asks once: open ${url.origin}/agent/session/0 and accept it.`);
    screen.tell('INFO', `  Another Node agent: parley agent --trust ${made.cert}`);
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
    (news) => screen.tell(...tlsWords(news)),
  );
  if (given.tls === undefined && tls !== undefined) keepRenewing(listening, given.folder, url, screen);
  return listening;
}

/** Makes the agent's own TLS certificate anew near its end; who has trusted the file trusts it again. */
function keepRenewing({ server }: Listening, folder: string, url: URL, screen: Screen): void {
  const look = () =>
    loadOrCreateTls(folder, withoutBrackets(url.hostname)).catch((error: unknown) => {
      screen.tell('WARN', `The TLS certificate could not be read: ${asParleyError(error).detail}`);
    });
  const timer = setInterval(() => void look(), 86_400_000);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function tlsWords(news: TlsNews): Told {
  switch (news.kind) {
    case 'tls_reloaded':
      return ['INFO', `A new TLS certificate is in use, valid until ${news.ends.toISOString()}.`];
    case 'tls_unusable':
      return ['WARN', 'The new TLS certificate or key cannot be used. The former one stays in use.'];
    case 'tls_ends':
      return [
        'WARN',
        `The TLS certificate expires at ${news.ends.toISOString()}. Put a new one in its place; no restart is needed.`,
      ];
  }
}

/** Returns the lines of earlier runs, where a person types; what cannot be stored is said once and stops nothing. */
async function linesOf(given: AgentArguments, screen: Screen): Promise<LineMemory> {
  const none: LineMemory = { lines: [], store: async () => undefined };
  if (!screen.isPerson) return none;
  let isSaid = false;
  const complainOnce = (error: unknown) => {
    if (!isSaid) screen.tell('WARN', `Typed lines are not stored: ${asParleyError(error).detail}`);
    isSaid = true;
  };
  try {
    const stored = await ConsoleLines.open(given.folder, given.passphrase);
    if (stored === undefined) return none;
    return { lines: await stored.read(), store: (lines) => stored.write(lines).catch(complainOnce) };
  } catch (error) {
    complainOnce(error);
    return none;
  }
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
