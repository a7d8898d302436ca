import { kindOf, unwritten, type WrittenBody, withFlippedBit } from '../run/body.ts';
import type { KeyPool } from '../run/key-pool.ts';
import { failureOf } from '../run/run.ts';
import type { LabMessage } from '../run/scenario.ts';
import { type Answer, asSent, dropped, type Hop } from '../run/wire.ts';
import { helperAddress, type LabAgent, LabWorld, travellerAddress } from '../run/world.ts';
import type { Decision, Line, LineAgent, LineState } from './api.ts';

type Who = 'traveller' | 'helper';

interface Held {
  readonly message: LabMessage;
  decide(decision: Decision): void;
}

/** What an agent said of itself that is kept to be shown. */
const heardKept = 50;

function flipWords({ offset, bit }: Extract<Decision, { do: 'flip' }>): string {
  return `bit ${bit} of byte ${offset} flipped`;
}

function sentBody({ sent = '', sentForm }: LabMessage): WrittenBody {
  return { body: sent, form: sentForm };
}

/** The free mode: Traveller and Helper, and a person who decides about every message between them. */
export class FreeLine implements Line {
  readonly #world: LabWorld;
  readonly #agents = new Map<Who, LabAgent>();
  readonly #heard: Record<Who, string[]> = { traveller: [], helper: [] };
  readonly #held = new Map<number, Held>();
  readonly #changed: () => void;
  #holding = true;
  #holds = 0;
  #closed = false;

  private constructor(world: LabWorld, changed: () => void) {
    this.#world = world;
    this.#changed = changed;
  }

  /** Opens both agents; `onChange` is told of each new state, the first at once. */
  static async open(keys: KeyPool, onChange: (state: LineState) => void): Promise<FreeLine> {
    let line: FreeLine | undefined;
    const changed = () => {
      if (line !== undefined && !line.#closed) onChange(line.#state());
    };
    const world = await LabWorld.create(keys, changed);
    line = new FreeLine(world, changed);
    line.#agents.set('traveller', await world.openTraveller());
    line.#agents.set('helper', await world.openHelper());
    world.wire.attackBy((hop) => line.#pass(hop));
    changed();
    return line;
  }

  async setHolding(holding: boolean): Promise<void> {
    this.#holding = holding;
    if (!holding) for (const number of [...this.#held.keys()]) await this.decide(number, { do: 'forward' });
    this.#changed();
  }

  async decide(number: number, decision: Decision): Promise<void> {
    const held = this.#held.get(number);
    if (held === undefined) return;
    // A bit that is not there is refused while the message is still held.
    if (decision.do === 'flip') withFlippedBit(sentBody(held.message), decision.offset, decision.bit);
    this.#held.delete(number);
    this.#changed();
    held.decide(decision);
  }

  async inject(to: Who, path: '/agent/handshake' | '/agent/message', body: WrittenBody): Promise<void> {
    const address = to === 'traveller' ? travellerAddress : helperAddress;
    const answer = await this.#world.wire.inject(address, path, unwritten(body), 'sent by the attacker');
    this.#hear(to, `answered the attacker with HTTP ${answer.status}`);
  }

  async connect(from: Who): Promise<void> {
    const { agent, peer } = this.#pair(from);
    const failure = await failureOf(agent.agent.connect(peer.agentId));
    this.#hear(
      from,
      failure === undefined ? 'connected: session established' : `connect failed: ${failure.code}. ${failure.detail}`,
    );
  }

  async send(from: Who, text: string): Promise<void> {
    const { agent, peer } = this.#pair(from);
    const request = { peerId: peer.agentId, method: 'send_request', parameters: { query: text } };
    const failure = await failureOf(agent.agent.send(request));
    this.#hear(
      from,
      failure === undefined ? `“${text}” was answered` : `“${text}” failed: ${failure.code}. ${failure.detail}`,
    );
  }

  async disconnect(from: Who): Promise<void> {
    const { agent } = this.#pair(from);
    const alive = agent.snapshot().sessions.findLast(({ status }) => status === 'ESTABLISHED');
    if (alive === undefined) {
      this.#hear(from, 'has no session to end');
      return;
    }
    const failure = await failureOf(agent.agent.disconnect(alive.sessionId));
    this.#hear(
      from,
      failure === undefined ? 'disconnected' : `disconnected; the peer could not be told: ${failure.code}`,
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { decide } of this.#held.values()) decide({ do: 'drop' });
    this.#held.clear();
    this.#world.close();
  }

  /** Requests and answers are held alike: first the one, then the other. */
  async #pass(hop: Hop): Promise<Answer> {
    const request = await this.#hold({ from: hop.from, to: hop.to, kind: hop.kind, ...asSent(hop) });
    const answer = await this.#carryOut(request, hop);
    const decided = await this.#hold({
      from: hop.to,
      to: hop.from,
      kind: kindOf(answer.body, answer.form),
      ...asSent(answer),
      httpStatus: answer.status,
    });
    switch (decided.do) {
      case 'drop':
        throw dropped();
      case 'edit':
        return { ...answer, instead: unwritten(decided), deed: 'edited' };
      case 'flip':
        return {
          ...answer,
          instead: withFlippedBit(answer, decided.offset, decided.bit),
          deed: flipWords(decided),
        };
      case 'delay':
        await this.#wait(decided.ms);
        return answer;
      case 'forward':
      case 'duplicate':
        return answer;
    }
  }

  async #carryOut(decision: Decision, hop: Hop): Promise<Answer> {
    switch (decision.do) {
      case 'forward':
        return hop.forward();
      case 'edit':
        return hop.forward(unwritten(decision), 'edited');
      case 'flip':
        return hop.forward(withFlippedBit(hop, decision.offset, decision.bit), flipWords(decision));
      case 'drop':
        throw dropped();
      case 'duplicate': {
        const first = await hop.forward(hop.body, 'sent twice');
        const second = await hop.forward(hop.body, 'the second copy');
        this.#hear(hop.to, `answered the second copy with HTTP ${second.status}`);
        return first;
      }
      case 'delay':
        await this.#wait(decision.ms);
        return hop.forward(hop.body, `delayed by ${decision.ms} ms`);
    }
  }

  #hold(message: Pick<LabMessage, 'from' | 'to' | 'kind'> & Partial<LabMessage>): Promise<Decision> {
    if (!this.#holding || this.#closed) return Promise.resolve({ do: 'forward' });
    this.#holds += 1;
    const number = this.#holds;
    return new Promise((decide) => {
      this.#held.set(number, {
        message: { number, at: this.#world.clock.now(), altered: [], deed: 'held', ...message },
        decide,
      });
      this.#changed();
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.clock.after(ms, resolve));
  }

  #pair(from: Who): { readonly agent: LabAgent; readonly peer: LabAgent } {
    const agent = this.#agents.get(from);
    const peer = this.#agents.get(from === 'traveller' ? 'helper' : 'traveller');
    if (agent === undefined || peer === undefined) throw dropped();
    return { agent, peer };
  }

  #hear(who: LabMessage['to'], text: string): void {
    if (who !== 'traveller' && who !== 'helper') return;
    this.#heard[who].push(text);
    if (this.#heard[who].length > heardKept) this.#heard[who].shift();
    this.#changed();
  }

  #state(): LineState {
    return {
      agents: (['traveller', 'helper'] as const).flatMap((party) => this.#agentState(party)),
      held: [...this.#held.values()].map(({ message }) => message),
      passed: this.#world.wire.log.filter(({ delivered, deed }) => delivered !== undefined || deed === 'dropped'),
      holding: this.#holding,
    };
  }

  #agentState(party: Who): readonly LineAgent[] {
    const agent = this.#agents.get(party);
    if (agent === undefined) return [];
    const { sessions, exchanges } = agent.snapshot();
    const ran = exchanges.filter(({ direction, status }) => direction === 'incoming' && status === 'success').length;
    return [{ party, agentId: agent.agentId, sessions, heard: [...this.#heard[party]], ran }];
  }
}
