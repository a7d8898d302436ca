import type { LabMessage } from '../../lab/run/scenario.ts';
import { differingBit } from '../inspector/message/bit.ts';
import { memberAt } from './member-at.ts';

/** What the attacker did with one member of a message. */
export interface Alteration {
  /** Names joined by `.`. */
  readonly path: string;
  /** The old value, or the part of it that differs; undefined for a member that the attacker added. */
  readonly before?: string;
  /** The same of the new value; undefined for a member that was taken away. */
  readonly after?: string;
  /** The bit that was flipped, when nothing else was: `bit 0 of byte 16 of 32: 4f → 4e`. */
  readonly bit?: string;
}

/** Returns what became of each member that the attacker changed. */
export function alterationsOf({
  sent = '',
  sentForm,
  delivered = '',
  deliveredForm,
  altered,
}: LabMessage): readonly Alteration[] {
  return altered.map((path) => {
    const before = memberAt(sent, path, sentForm);
    const after = memberAt(delivered, path, deliveredForm);
    const bit = before === undefined || after === undefined ? undefined : differingBit(before, after);
    return {
      path,
      ...(before === undefined ? {} : { before: excerpt(before, after) }),
      ...(after === undefined ? {} : { after: excerpt(after, before) }),
      ...(bit === undefined ? {} : { bit }),
    };
  });
}

/** Returns at most 24 characters around the first that differs. */
function excerpt(text: string, other: string | undefined): string {
  if (text.length <= 24) return text;
  let at = 0;
  while (other !== undefined && at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, Math.min(at - 8, text.length - 24));
  return `${from > 0 ? '…' : ''}${text.slice(from, from + 24)}${from + 24 < text.length ? '…' : ''}`;
}
