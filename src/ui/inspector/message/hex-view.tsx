import { CopyButton } from '../../design/copy-button.tsx';
import type { Run } from '../wire/json-ranges.ts';
import { kindOfPart } from '../wire/member-kinds.ts';
import { spacedHex } from './bytes.ts';
import type { Selection } from './members-table.tsx';

interface HexViewProps extends Pick<Selection, 'member' | 'onMember'> {
  readonly bytes: Uint8Array;
  /** Without a gap, in bytes. */
  readonly spans: readonly Run[];
  readonly copyLabel: string;
}

const perRow = 16;

/** Shows a body's bytes: offset, hex, and ASCII; the selected member's bytes are highlighted. */
export function HexView({ bytes, spans, member, onMember, copyLabel }: HexViewProps) {
  const rows = Array.from({ length: Math.ceil(bytes.length / perRow) }, (_, i) => i * perRow);
  return (
    <>
      <CopyButton text={() => spacedHex(bytes)} label={copyLabel} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="message-scroll message-hex" tabIndex={0}>
        {rows.map((offset) => (
          <Row key={offset} offset={offset} bytes={bytes} spans={spans} member={member} onMember={onMember} />
        ))}
      </div>
    </>
  );
}

interface RowProps {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly spans: readonly Run[];
  readonly member: string | undefined;
  readonly onMember: Selection['onMember'];
}

function Row({ offset, bytes, spans, member, onMember }: RowProps) {
  const end = Math.min(bytes.length, offset + perRow);
  const pieces = spans.filter(({ from, to }) => from < end && to > offset);
  const piece = (make: (part: Uint8Array) => string) =>
    pieces.map(({ from, to, path }) => {
      const part = bytes.subarray(Math.max(from, offset), Math.min(to, end));
      return (
        // biome-ignore lint/a11y/noStaticElementInteractions: the list of members does the same by keyboard
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list of members does the same by keyboard
        <span
          key={from}
          className={path === undefined ? 'message-between' : 'message-run'}
          data-member={path}
          data-kind={path === undefined ? undefined : kindOfPart(path)}
          data-lit={path !== undefined && path === member}
          onClick={() => path !== undefined && onMember(path === member ? undefined : path)}
        >
          {make(part)}
        </span>
      );
    });
  return (
    <div className="message-hex-row">
      <span className="muted">{offset.toString(16).padStart(4, '0')}</span>
      <span>{piece((part) => `${spacedHex(part)} `)}</span>
      <span className="message-ascii">{piece(ascii)}</span>
    </div>
  );
}

function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
}
