import type { ExchangeView, WireView } from '../../../agent/contracts/views.ts';

/** How a row ended, in a word that can be filtered by. */
export type RowStatus = 'ok' | 'refused' | 'failed' | 'waiting';

/** One HTTP exchange with what it meant. */
export interface TrafficRow {
  readonly entry: WireView;
  /** The decrypted request and answer, once known. */
  readonly exchange?: ExchangeView;
  /** True when the answer came back with this HTTP exchange: a request may be sent several times. */
  readonly isAnswered: boolean;
  readonly peerId: string;
  /** `CLIENT_HELLO`, `CLIENT_CONFIRM`, the method of a request, `CLOSE`, or what else the body says it is. */
  readonly kind: string;
  /** What was said, in the clear: searched and shown in one line. */
  readonly content: string;
  readonly status: RowStatus;
  /** `200`, `SUCCESS`, `ERROR`, a refusal's code, or nothing yet. */
  readonly outcome: string;
  /** Everything that a text is searched in, lowercase. */
  readonly haystack: string;
  /** Of a stream: the exchanges that carried its parts, oldest first. */
  readonly parts?: readonly TrafficRow[];
}
