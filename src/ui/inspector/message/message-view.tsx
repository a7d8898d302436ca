import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { partyColour } from '../../design/party.tsx';
import { HexView } from './hex-view.tsx';
import { jsonLeaves } from './json-ranges.ts';
import { MembersTable } from './members-table.tsx';
import './message.css';
import type { ShownMessage } from './shown-message.ts';
import { SignedView } from './signed-view.tsx';
import { TextView } from './text-view.tsx';
import { VerifyAgain } from './verify-again.tsx';

const views = ['JSON', 'Signed bytes', 'Hex', 'Verify again'] as const;
type View = (typeof views)[number];

/** Shows a message in linked views of the same bytes: a selection in one is highlighted in all. */
export function MessageView(props: ShownMessage) {
  const { message, body, sender, recording, member, onMember } = props;
  const [view, setView] = useState<View>('JSON');
  const leaves = useMemo(() => jsonLeaves(body), [body]);
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
    if (step === undefined || leaves.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = leaves.findIndex(({ path }) => path === member);
    const next = leaves.at((at + step + leaves.length) % leaves.length)?.path;
    onMember(next);
    if (next !== undefined)
      box.current?.querySelector<HTMLElement>(`button[data-member="${CSS.escape(next)}"]`)?.focus();
  };
  const selection = { leaves, member, onMember };
  return (
    <section className="message" aria-label={`Members of ${message}`} ref={box} onKeyDown={onKey}>
      {leaves.length === 0 ? (
        <p className="muted">This body is not a JSON object. It is shown as received.</p>
      ) : (
        <MembersTable {...selection} message={message} body={body} />
      )}
      <div className="message-side">
        <fieldset className="message-tabs">
          <legend className="visually-hidden">Views of {message}</legend>
          {views.map((name) => (
            <button key={name} type="button" aria-pressed={name === view} onClick={() => setView(name)}>
              {name}
            </button>
          ))}
        </fieldset>
        <div style={{ '--signer': partyColour(sender) }}>
          {view === 'JSON' && <TextView {...selection} text={body} copyLabel={`${message} as sent`} />}
          {view === 'Signed bytes' && (
            <SignedView {...selection} message={message} body={body} sender={sender} recording={recording} />
          )}
          {view === 'Hex' && <HexView {...selection} text={body} copyLabel={`${message} as hex`} />}
          {view === 'Verify again' && <VerifyAgain {...props} />}
        </div>
      </div>
    </section>
  );
}
