import { useMemo } from 'react';
import { CopyButton } from '../../design/copy-button.tsx';
import { bytesOfText, spacedHex } from './bytes.ts';
import { runsOf } from './json-ranges.ts';
import type { Selection } from './members-table.tsx';

interface HexViewProps extends Selection {
  readonly text: string;
  readonly copyLabel: string;
}

const perRow = 16;

/** Shows the body's bytes: offset, hex, and ASCII; the selected member's bytes are highlighted. */
export function HexView({ text, leaves, member, onMember, copyLabel }: HexViewProps) {
  const { bytes, spans } = useMemo(() => layout(text, leaves), [text, leaves]);
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

interface Span {
  readonly from: number;
  readonly to: number;
  readonly path: string | undefined;
}

function layout(text: string, leaves: Selection['leaves']): { bytes: Uint8Array; spans: readonly Span[] } {
  const { bytes, offsetOf } = bytesOfText(text);
  const spans = runsOf(text, leaves).map(({ from, to, path }) => ({ from: offsetOf(from), to: offsetOf(to), path }));
  return { bytes, spans };
}

interface RowProps {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly spans: readonly Span[];
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
