import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { partyColour } from '../../design/party.tsx';
import { type MemberRow, MembersTable } from './members-table.tsx';
import './message.css';
import type { ShownMessage } from './shown-message.ts';

interface MessageFrameProps extends Pick<ShownMessage, 'message' | 'sender' | 'member' | 'onMember'> {
  readonly rows: readonly MemberRow[];
  /** Said where there are no members. */
  readonly emptyWords: string;
  /** What the message as a whole is, above its members. */
  readonly note?: ReactNode;
  /** The linked views by name, the first shown first. */
  readonly views: readonly (readonly [name: string, make: () => ReactNode])[];
}

/** Shows the members of a message beside one of several views of its bytes: a selection in one is highlighted in all. */
export function MessageFrame({ message, sender, rows, emptyWords, note, views, member, onMember }: MessageFrameProps) {
  const [view, setView] = useState(views[0]?.[0]);
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view has its own place to scroll to
  useEffect(() => {
    if (member === undefined) return;
    for (const lit of box.current?.querySelectorAll(`.message-scroll [data-member="${CSS.escape(member)}"]`) ?? []) {
      lit.scrollIntoView({ block: 'nearest' });
    }
  }, [member, view]);
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const editing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
    if (editing) return;
    if (event.key === 'Escape' && member !== undefined) {
      event.stopPropagation();
      onMember(undefined);
    }
    if (step === undefined || rows.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = rows.findIndex(({ path }) => path === member);
    const next = rows.at((at + step + rows.length) % rows.length)?.path;
    onMember(next);
    if (next !== undefined)
      box.current?.querySelector<HTMLElement>(`button[data-member="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <section className="message" aria-label={`Members of ${message}`} ref={box} onKeyDown={onKey}>
      <div>
        {note}
        {rows.length === 0 ? (
          <p className="muted">{emptyWords}</p>
        ) : (
          <MembersTable rows={rows} member={member} onMember={onMember} message={message} />
        )}
      </div>
      <div className="message-side">
        <fieldset className="message-tabs">
          <legend className="visually-hidden">Views of {message}</legend>
          {views.map(([name]) => (
            <button key={name} type="button" aria-pressed={name === view} onClick={() => setView(name)}>
              {name}
            </button>
          ))}
        </fieldset>
        <div style={{ '--signer': partyColour(sender) }}>{views.find(([name]) => name === view)?.[1]()}</div>
      </div>
    </section>
  );
}
