import type { SessionView } from '../../agent/contracts/views.ts';
import type { WrittenBody } from '../run/body.ts';
import type { Attempt, LabMessage, LabParty, Progress, ScenarioInfo } from '../run/scenario.ts';

/** The lab as the page uses it; it runs in a worker of its own. Every call rejects with a `ParleyError`. */
export interface Lab {
  scenarios(): Promise<readonly ScenarioInfo[]>;
  /**
   * Runs a scenario against agents of its own. `onAttempt` is told of each attempt as it ends; the promise gives them all, or those until `stop`.
   * The first run also makes the RSA keys that every later one uses, and says so in its progress.
   */
  run(
    scenarioId: string,
    onProgress: (progress: Progress) => void,
    onAttempt: (attempt: Attempt) => void,
  ): Promise<readonly Attempt[]>;
  /** Ends the run under way after the attempt that it is at: its promise then gives the attempts that were made. */
  stop(): Promise<void>;
  /** Opens the free mode: a Traveller and a Helper, and the person at the screen between them. `onChange` is told of each new state. */
  openLine(onChange: (state: LineState) => void): Promise<Line>;
  /** Ends the worker. */
  close(): void;
}

/** An agent on the free line. */
export interface LineAgent {
  readonly party: 'traveller' | 'helper';
  readonly agentId: string;
  readonly sessions: readonly SessionView[];
  /** What it has to say, newest last: answers, refusals, requests that ran. */
  readonly heard: readonly string[];
  /** How many requests of its peer it has run. */
  readonly ran: number;
}

/** The free line at a moment. */
export interface LineState {
  readonly agents: readonly LineAgent[];
  /** Held by the attacker, oldest first; `number` names one in a decision. */
  readonly held: readonly LabMessage[];
  /** Everything that has left the attacker's hands, oldest first. */
  readonly passed: readonly LabMessage[];
  /** Whether new messages are held, or pass and are only read. */
  readonly holding: boolean;
}

/** What the attacker does with a held message. */
export type Decision =
  | { readonly do: 'forward' }
  /** `body` goes on instead of what was sent: any text, or base64 of any bytes. */
  | ({ readonly do: 'edit' } & WrittenBody)
  /** One bit of the bytes that were sent: `offset` counts bytes from 0, `bit` from 0, the lowest, to 7. */
  | { readonly do: 'flip'; readonly offset: number; readonly bit: number }
  | { readonly do: 'drop' }
  /** Delivered twice; the sender gets the first answer. */
  | { readonly do: 'duplicate' }
  /** Goes on by itself after so many milliseconds of the lab's clock. */
  | { readonly do: 'delay'; readonly ms: number };

/** What a person may do on the free line. */
export interface Line {
  setHolding(holding: boolean): Promise<void>;
  /**
   * Does nothing for a message that is no longer held. Rejects with `invalid_input` for a bit that the message does not
   * have: it stays held.
   */
  decide(number: number, decision: Decision): Promise<void>;
  /** Replays an earlier message, or delivers any body, as the attacker's own; the next state has what came back. */
  inject(
    to: Extract<LabParty, 'traveller' | 'helper'>,
    path: '/agent/handshake' | '/agent/message',
    body: WrittenBody,
  ): Promise<void>;
  connect(from: 'traveller' | 'helper'): Promise<void>;
  send(from: 'traveller' | 'helper', text: string): Promise<void>;
  disconnect(from: 'traveller' | 'helper'): Promise<void>;
  close(): Promise<void>;
}
