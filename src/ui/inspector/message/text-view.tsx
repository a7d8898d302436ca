import { useMemo } from 'react';
import { CopyButton } from '../../design/copy-button.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { runsOf } from '../wire/json-ranges.ts';
import { memberKind } from '../wire/member-kinds.ts';
import type { Selection } from './members-table.tsx';

interface TextViewProps extends Selection {
  readonly text: string;
  readonly copyLabel: string;
}

/** Shows the body exactly as it was sent, each member a run that can be selected. */
export function TextView({ text, leaves, member, onMember, copyLabel }: TextViewProps) {
  const runs = useMemo(() => runsOf(text.length, leaves), [text, leaves]);
  return (
    <>
      <CopyButton text={() => text} label={copyLabel} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="message-scroll message-text" tabIndex={0}>
        {runs.map(({ from, to, path }) => (
          <RunText key={from} text={text.slice(from, to)} path={path} member={member} onMember={onMember} />
        ))}
      </pre>
    </>
  );
}

interface RunTextProps {
  readonly text: string;
  readonly path: string | undefined;
  readonly member: string | undefined;
  readonly onMember: Selection['onMember'];
}

/** Shows one run of a text. A click selects its member; the keyboard does it in the list of members. */
export function RunText({ text, path, member, onMember }: RunTextProps) {
  if (path === undefined)
    return (
      <span className="message-between">
        <UntrustedText text={text} />
      </span>
    );
  const kind = memberKind(path, text.slice(text.indexOf(':') + 1).replace(/^"|"$/g, ''));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list of members does the same by keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of members does the same by keyboard
    <span
      className="message-run"
      data-member={path}
      data-kind={kind}
      data-lit={path === member}
      onClick={() => onMember(path === member ? undefined : path)}
    >
      <UntrustedText text={text} />
    </span>
  );
}
