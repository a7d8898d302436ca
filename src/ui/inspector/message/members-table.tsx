import type { Bytes } from '../../../protocol/bytes.ts';
import type { MessageName } from '../../../protocol/trace/events.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { formatBytes } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import type { JsonLeaf } from '../wire/json-ranges.ts';
import { memberMeaning } from '../wire/member-kinds.ts';
import { Decoded } from './decoded.tsx';

/** What is selected among the members of a body. */
export interface Selection {
  readonly leaves: readonly JsonLeaf[];
  readonly member: string | undefined;
  readonly onMember: (path: string | undefined) => void;
}

/** A member as the list has it. */
export interface MemberRow {
  readonly path: string;
  readonly text: string;
  readonly bytes?: Bytes | undefined;
  /** How many bytes it has, where it is bytes. */
  readonly size?: number | undefined;
  /** Where it is specified. */
  readonly source: string;
}

interface MembersTableProps extends Pick<Selection, 'member' | 'onMember'> {
  readonly rows: readonly MemberRow[];
  readonly message: MessageName;
}

/** Shows every member: what it is, its size, where it is specified; the selected one decoded in place. */
export function MembersTable({ rows, member, onMember, message }: MembersTableProps) {
  return (
    <ul className="message-members" aria-label={`Members of ${message}`}>
      {rows.map(({ path, text, bytes, size, source }) => {
        const selected = path === member;
        return (
          <li key={path} data-selected={selected}>
            <button
              type="button"
              className="message-member"
              data-member={path}
              aria-expanded={selected}
              onClick={() => onMember(selected ? undefined : path)}
            >
              <code>
                <UntrustedText text={path} />
              </code>
              <span className="message-size">{size === undefined ? '' : formatBytes(size)}</span>
              <span className="message-what muted">
                {memberMeaning(path, message) || 'Not a member that the protocol names'} · {source}
              </span>
              {!selected && (
                <span className="message-value">
                  <UntrustedText text={text} />
                </span>
              )}
            </button>
            {selected && (
              <div className="message-decoded">
                <Decoded path={path} text={text} bytes={bytes} />
                <CopyButton text={() => text} label={path} />
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
