import type { MessageName } from '../../../protocol/trace/events.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { formatBytes } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { isBinaryMember, memberMeaning } from '../wire/member-kinds.ts';
import { bytesOfBase64 } from './bytes.ts';
import { Decoded } from './decoded.tsx';
import type { JsonLeaf } from './json-ranges.ts';
import { sourceOf } from './member-facts.ts';

/** What is selected among the members of a body. */
export interface Selection {
  readonly leaves: readonly JsonLeaf[];
  readonly member: string | undefined;
  readonly onMember: (path: string | undefined) => void;
}

interface MembersTableProps extends Selection {
  readonly message: MessageName;
  readonly body: string;
}

/** Shows every member: what it is, its size, where it is specified; the selected one decoded in place. */
export function MembersTable({ leaves, member, onMember, message, body }: MembersTableProps) {
  return (
    <ul className="message-members" aria-label={`Members of ${message}`}>
      {leaves.map(({ path, value }) => {
        const text = unquoted(body.slice(value.from, value.to));
        const bytes = isBinaryMember(path) ? bytesOfBase64(text) : undefined;
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
              <span className="message-size">{bytes === undefined ? '' : formatBytes(bytes.length)}</span>
              <span className="message-what muted">
                {memberMeaning(path, message) || 'Not a member that the protocol names'} · {sourceOf(path, message)}
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

const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1) : text);
