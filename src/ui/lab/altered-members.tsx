import type { LabMessage } from '../../lab/run/scenario.ts';
import { memberAt } from './member-at.ts';

/** Shows the members that the attacker changed: the old value struck through, the new one beside it. */
export function AlteredMembers({ message }: { readonly message: LabMessage }) {
  const { sent = '', delivered = '', altered } = message;
  return (
    <ul className="line-altered" aria-label="Altered members">
      {altered.map((path) => {
        const before = memberAt(sent, path);
        const after = memberAt(delivered, path);
        return (
          <li key={path}>
            <code>{path}</code>{' '}
            {before !== undefined && (
              <>
                <span className="visually-hidden">was </span>
                <del>{excerpt(before, after)}</del>
              </>
            )}{' '}
            {after === undefined ? (
              <ins>dropped</ins>
            ) : (
              <>
                <span className="visually-hidden">became </span>
                <ins>{excerpt(after, before)}</ins>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Returns at most 24 characters around the first that differs. */
function excerpt(text: string, other: string | undefined): string {
  if (text.length <= 24) return text;
  let at = 0;
  while (other !== undefined && at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, Math.min(at - 8, text.length - 24));
  return `${from > 0 ? '…' : ''}${text.slice(from, from + 24)}${from + 24 < text.length ? '…' : ''}`;
}
