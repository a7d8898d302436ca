import type { LabMessage } from '../../lab/run/scenario.ts';
import { alterationsOf } from './alterations.ts';

/** Shows the members that the attacker changed: the old value struck through, the new one beside it, the bit that was flipped. */
export function AlteredMembers({ message }: { readonly message: LabMessage }) {
  return (
    <ul className="line-altered" aria-label="Altered members">
      {alterationsOf(message).map(({ path, before, after, bit }) => (
        <li key={path}>
          <code>{path}</code>{' '}
          {before !== undefined && (
            <>
              <span className="visually-hidden">was </span>
              <del>{before}</del>
            </>
          )}{' '}
          {after === undefined ? (
            <ins>dropped</ins>
          ) : (
            <>
              <span className="visually-hidden">became </span>
              <ins>{after}</ins>
            </>
          )}
          {bit !== undefined && <span className="line-bit"> {bit}</span>}
        </li>
      ))}
    </ul>
  );
}
