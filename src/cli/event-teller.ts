import { inGroup, ofGroup } from '../agent/contracts/group-exchange.ts';
import { type AgentEvent, type ExchangeView, exchangeKey, type LineView } from '../agent/contracts/views.ts';
import { outcomeWords, requestWords } from '../console/said.ts';
import { GroupTeller } from './group-teller.ts';
import type { Screen, Told } from './screen.ts';

/** Tells whoever runs an agent what happens to it. What was said is shown to a person at a terminal, never in a log. */
export class EventTeller {
  readonly #screen: Screen;
  readonly #groups: GroupTeller;
  /** The newest exchange that was told, and its state: an event may repeat it. */
  #last = '';

  constructor(screen: Screen, agentId: string) {
    this.#screen = screen;
    this.#groups = new GroupTeller(agentId, screen.isPerson);
  }

  /** Shows what an event says to a person, if anything. */
  tell(event: AgentEvent): void {
    const told = this.#words(event);
    if (told !== undefined) this.#screen.tell(...told);
  }

  #words(event: AgentEvent): Told | undefined {
    switch (event.type) {
      case 'line':
        return lineWords(event.line);
      case 'exchange':
        return this.#exchangeWords(event.exchange);
      case 'phase':
        return phaseWords(event.phase);
      default:
        return this.#groups.words(event);
    }
  }

  #exchangeWords(exchange: ExchangeView): Told | undefined {
    const { direction, peerId, method, status, answerBy, group } = exchange;
    const said = group?.kind === 'message' ? ofGroup(exchange) : inGroup(exchange);
    if (said !== undefined) return this.#groups.exchangeWords(said);
    if (direction !== 'incoming' || status === 'pending') return undefined;
    const state = `${exchangeKey(exchange)} ${status}`;
    if (state === this.#last) return undefined;
    this.#last = state;
    if (!this.#screen.isPerson) return ['INFO', `${peerId} asked ${method}: ${status}`];
    if (status !== 'held') return ['INFO', `${peerId} asked ${requestWords(exchange)}: ${outcomeWords(exchange)}`];
    const until = answerBy === undefined ? '' : ` until ${new Date(answerBy).toISOString()}`;
    return ['WARN', `${peerId} asks ${requestWords(exchange)} and waits${until}. Type answer ${peerId} "text".`];
  }
}

function phaseWords(phase: Extract<AgentEvent, { readonly type: 'phase' }>['phase']): Told | undefined {
  if (phase.phase === 'making_keys') return ['INFO', `Making keys: ${phase.made} of ${phase.of} pairs`];
  if (phase.phase !== 'ready') return undefined;
  const { renewalFailure, notAfter } = phase.identity;
  const end = new Date(notAfter * 1_000).toISOString();
  return renewalFailure === undefined
    ? ['INFO', `Certificates valid until ${end}; they are renewed before.`]
    : ['WARN', `The certificates expire ${end} and cannot be renewed: ${renewalFailure.detail} Trying again.`];
}

function lineWords(line: LineView): Told {
  if ('reason' in line) {
    return [
      'WARN',
      `Not reachable: HTTP reaches ${line.relay}, but a proxy or firewall in between stops WebSockets. Have it pass “Upgrade: websocket” for /relay/connect. You can send; retrying automatically.`,
    ];
  }
  switch (line.status) {
    case 'connecting':
      return ['INFO', `Connecting to ${line.relay} …`];
    case 'connected':
      return ['INFO', `✓ Online at ${line.relay}`];
    case 'waiting':
      return ['WARN', `${line.relay} does not answer. Retrying automatically.`];
    case 'replaced':
      return ['WARN', 'Another connection of this agent has taken over.'];
    case 'refused':
      return ['ERROR', `✗ ${line.relay} refuses this agent: ${line.detail}`];
  }
}
