import { ParleyError } from '../../../protocol/errors.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import type { TalkGroup } from './ports.ts';

/** A request that goes out, with the exchange that it has already where it began in a pair's conversation. */
export interface OutgoingAsk {
  readonly method: string;
  readonly parameters: ExchangeView['parameters'];
  readonly to?: readonly string[];
  /** Milliseconds from now. */
  readonly expires?: number | undefined;
  readonly exchange?: ExchangeView;
}

/** Returns who is asked: all other members where nobody is named. Throws `invalid_input` for who is no other member. */
export function requireAsked({ others }: TalkGroup, to: readonly string[] | undefined): readonly string[] {
  if (to === undefined) return others;
  const unknown = to.find((one) => !others.includes(one));
  if (to.length > 0 && unknown === undefined && new Set(to).size === to.length) return to;
  const who = unknown === undefined ? 'Name each member once, and at least one.' : `${unknown} is not a member.`;
  throw new ParleyError('invalid_input', `${who} Nothing was sent.`);
}
