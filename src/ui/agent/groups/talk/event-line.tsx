import { memo } from 'react';
import type { GroupEventView } from '../../../../agent/contracts/group-views.ts';
import { eventWords } from '../../../../console/group-event-words.ts';
import { formatDateTime, formatTime } from '../../../design/format.ts';
import { PartyMark } from '../../../design/party.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';

/** Shows something that happened in a group as a quiet line between what was said. */
export const EventLine = memo(function EventLine({ event }: { readonly event: GroupEventView }) {
  const at = event.at * 1_000;
  return (
    <li className="group-event muted" data-kind={event.what.kind}>
      <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
        {formatTime(at)}
      </time>
      <span className="group-event-mark">
        <PartyMark agentId={event.by} />
      </span>
      <span className="group-event-words">
        <UntrustedText text={eventWords(event)} />
      </span>
      <span title={`Epoch ${event.epoch}: the keys of the group from this change on`}>epoch {event.epoch}</span>
    </li>
  );
});
