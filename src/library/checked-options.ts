import type { Retention } from '../agent/contracts/history-store.ts';
import type { SearchInput } from '../agent/contracts/history-views.ts';
import type { Answering, PeerPage, PersonAnswer } from '../agent/contracts/views.ts';
import { requireName } from '../agent/messages/outgoing-request.ts';
import type { Platform } from '../host/platform.ts';
import { parseBaseUrl } from '../http/base-url.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { AgentOptions, AwayOptions, SendOptions } from './agent-options.ts';
import {
  abortSignal,
  body,
  callback,
  count,
  flag,
  type Kinds,
  number,
  object,
  oneOf,
  requireOptions,
  text,
} from './given-options.ts';

const agentKinds: Kinds<AgentOptions> = {
  id: text,
  server: text,
  methods: object,
  registrationToken: text,
  address: text,
  reachable: flag,
  onEvent: callback,
  onError: callback,
  folder: text,
  files: text,
  passphrase: text,
  unref: flag,
  signal: abortSignal,
  timeout: number,
};

/** Checks the options of `Agent.open`. Throws `invalid_input`, which names the option and what to change. */
export function requireAgentOptions<M>(
  options: AgentOptions<M>,
  { hasFolders = false }: Pick<Platform, 'hasFolders'>,
): void {
  requireOptions<AgentOptions>('Agent.open', options, agentKinds);
  for (const name of ['id', 'server'] as const) {
    if (options[name] === undefined) throw invalid(`Agent.open needs the option “${name}”.`);
  }
  for (const name of ['folder', 'files', 'passphrase'] as const) {
    if (options[name] === undefined || hasFolders) continue;
    throw invalid(
      `${name} is an option on Node. In a browser keys and files are in the storage of the site, and the keys cannot be exported.`,
    );
  }
  if (options.passphrase === '') throw invalid('passphrase is empty. Leave it out to store the keys unencrypted.');
  requireAddress(options.address);
  for (const [method, handler] of Object.entries(options.methods ?? {})) {
    if (handler !== undefined) requireHandler(method, handler, 'methods');
  }
}

function requireAddress(address: string | undefined): void {
  if (address === undefined) return;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return;
  throw invalid('address has to be an http or https URL such as https://agent.example.');
}

/** Throws `invalid_input` unless a method and its handler can be registered; `where` is what they were given to. */
export function requireHandler(method: unknown, handler: unknown, where: 'handle' | 'methods'): void {
  if (typeof method !== 'string') throw invalid(`The method of ${where} has to be a string.`);
  requireName(method, 'method');
  if (typeof handler === 'function') return;
  throw invalid(`The handler of “${method.slice(0, 64)}” in ${where} has to be a function.`);
}

/** Returns the base URL that `given` is. Throws `invalid_input` when it is none. */
export function requireBaseUrl(given: string): string {
  const base = parseBaseUrl(given);
  if (base !== undefined) return base;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  const advice = isHttp
    ? `Give its base alone: ${url.origin}.`
    : 'Give an http or https URL such as https://parley.example.';
  throw invalid(`server is no base URL of a Parley server. ${advice}`);
}

const sendKinds: Kinds<SendOptions> = { requestId: text, signal: abortSignal, timeout: number, body };
const awayKinds: Kinds<SendOptions & AwayOptions> = {
  ...sendKinds,
  whenAway: oneOf('store'),
  expires: number,
};

/** Throws `invalid_input` for options that `send` does not have, and for `expires` without `whenAway`. */
export function requireSendOptions(options: SendOptions & Partial<AwayOptions>): void {
  requireOptions('send', options, awayKinds);
  if (options.body !== undefined && options.whenAway !== undefined) {
    throw invalid('body of send is not for a request with whenAway: “store”: only its parameters can be stored.');
  }
  if (options.expires === undefined || options.whenAway !== undefined) return;
  throw invalid('expires of send is for a request with whenAway: “store”. To wait less long, give a timeout.');
}

/** Throws `invalid_input` for options that `stream` does not have. */
export function requireStreamOptions(options: SendOptions): void {
  requireOptions('stream', options, sendKinds);
}

const pageKinds: Kinds<PeerPage> = { after: text, limit: count };

/** Throws `invalid_input` for options that `peers` does not have. */
export function requirePage(page: PeerPage = {}): void {
  requireOptions<PeerPage>('peers', page, pageKinds);
}

const searchKinds: Kinds<SearchInput> = { text, peerId: text, offset: count, count };

/** Throws `invalid_input` for options that `search` does not have. */
export function requireSearch(input: SearchInput): void {
  requireOptions<SearchInput>('search', input, searchKinds);
  if (input.text === undefined) throw invalid('search needs the option “text”.');
}

const retentionKinds: Kinds<{ keep: unknown; days: unknown; bytes: unknown }> = {
  keep: oneOf('all', 'days', 'bytes'),
  days: number,
  bytes: number,
};

/** Throws `invalid_input` for a retention of another shape. */
export function requireRetention(retention: Retention): void {
  requireOptions('setRetention', retention, retentionKinds);
  const { keep } = retention;
  if (keep === undefined) throw invalid('A retention needs “keep”: all, days or bytes.');
  for (const name of ['days', 'bytes'] as const) {
    if (keep === name && Reflect.get(retention, name) === undefined)
      throw invalid(`A retention of ${name} needs “${name}”.`);
  }
}

const answerKinds: Kinds<{ status: unknown; result: unknown; detail: unknown }> = {
  status: oneOf('SUCCESS', 'ERROR'),
  result: { words: 'JSON', is: () => true },
  detail: text,
};

/** Throws `invalid_input` for an answer of another shape. */
export function requireAnswer(answer: PersonAnswer): void {
  requireOptions('answer', answer, answerKinds);
  if (answer.status === undefined) throw invalid('An answer needs “status”: SUCCESS or ERROR.');
  if (answer.status === 'ERROR' && answer.detail === undefined) throw invalid('An answer of ERROR needs “detail”.');
}

/** Throws `invalid_input` unless it says who answers. */
export function requireAnswering(answering: Answering): void {
  const { is, words } = oneOf('handlers', 'person');
  if (!is(answering)) throw invalid(`Who answers has to be ${words}.`);
}

function invalid(detail: string): ParleyError {
  return new ParleyError('invalid_input', detail);
}
