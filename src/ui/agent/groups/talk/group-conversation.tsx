import { Fragment, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { conversationOf, type GroupView } from '../../../../agent/contracts/group-views.ts';
import type { ExchangeView, GroupExchangeView } from '../../../../agent/contracts/views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { parseWords } from '../../../design/marked-ranges.ts';
import { useToday } from '../../../design/use-today.ts';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { useAgentState } from '../../../state/hosted.ts';
import { drawnFrom, mergedExchanges, withoutDeleted } from '../../conversation/conversation-model.ts';
import { ConversationScroller } from '../../conversation/conversation-scroller.tsx';
import { useConversationPages } from '../../conversation/use-conversation-pages.ts';
import { DayLine } from '../../exchange/day-line.tsx';
import { EventLine } from './event-line.tsx';
import './group-conversation.css';
import { SaidRow } from './said-row.tsx';
import { firstIndex, type TimelineItem, timelineOf, timeOfItem } from './timeline.ts';
import { useGroupEvents } from './use-group-events.ts';

/** Exchanges drawn at once; the older ones wait behind a button. */
const page = 200;

interface GroupConversationProps {
  readonly group: GroupView;
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** Shows what was said in a group and what happened there, in the one order that all members have. */
export function GroupConversation({ group, place, go }: GroupConversationProps) {
  const { groupId } = group;
  const { at } = place;
  const conversation = conversationOf(groupId);
  const all = useAgentState((state) => state.exchanges);
  const live = useMemo(() => all.filter(({ peerId }) => peerId === conversation), [all, conversation]);
  const pages = useConversationPages(conversation, at, live);
  const { hasOlder, hasNewer, isLoading, failure, exchanges: stored } = useStore(pages.store);
  const deleted = useAgentState((state) => state.deleted.get(conversation));
  const exchanges = useMemo(
    () => mergedExchanges(withoutDeleted({ exchanges: stored, hasOlder, hasNewer }, deleted), live),
    [stored, hasOlder, hasNewer, deleted, live],
  );
  const [drawn, setDrawn] = useState(page);
  const isLedTo = ({ sequence }: ExchangeView) => at !== undefined && sequence === at;
  const from = drawnFrom(exchanges, drawn, exchanges.findIndex(isLedTo));
  const shown = exchanges.slice(from);
  const goesBack = from > 0 || hasOlder;
  const events = useGroupEvents(groupId, goesBack ? firstIndex(shown) : undefined);
  const items = timelineOf({ exchanges: shown, hasOlder: goesBack, hasNewer }, events.events);
  const today = useToday();
  const words = useMemo(() => parseWords(place.words), [place.words]);
  const isGone = at !== undefined && !exchanges.some(isLedTo) && !isLoading && failure === undefined;
  const older = () => {
    setDrawn(exchanges.length - from + page);
    if (from === 0) void pages.older();
  };
  return (
    <ConversationScroller
      exchanges={items.flatMap((item) => (item.kind === 'said' ? [item.exchange] : []))}
      {...(at === undefined ? {} : { target: '[data-target]' })}
      goesOn={hasNewer}
      isBusy={isLoading}
    >
      {isGone && (
        <p className="conversation-gone" role="status">
          The message at this address is no longer stored: it was deleted, or it expired.
        </p>
      )}
      {items.length === 0 && failure === undefined && (
        <p className="conversation-empty muted">
          {isLoading ? 'Loading' : 'Nothing was said yet. Write below and press Enter: every member gets it.'}
        </p>
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
      {goesBack && exchanges.length > 0 && (
        <button type="button" className="button conversation-more" aria-disabled={isLoading} onClick={older}>
          Show older
        </button>
      )}
      <ol>
        {items.map((item, index) => {
          const before = items[index - 1];
          return (
            <Fragment key={keyOf(item)}>
              <DayLine before={before && timeOfItem(before)} at={timeOfItem(item)} today={today} />
              {item.kind === 'event' ? (
                <EventLine event={item.event} />
              ) : (
                <SaidRow
                  exchange={item.exchange}
                  readBy={readersOf(item.exchange, group)}
                  isTarget={isLedTo(item.exchange)}
                  words={words}
                  go={go}
                />
              )}
            </Fragment>
          );
        })}
      </ol>
      {hasNewer && (
        <button
          type="button"
          className="button conversation-more"
          aria-disabled={isLoading}
          onClick={() => void pages.newer()}
        >
          Show newer
        </button>
      )}
      {events.failure !== undefined && <FailureLine failure={events.failure} />}
    </ConversationScroller>
  );
}

/** Returns what tells an item from every other: one entry can do several things. */
function keyOf(item: TimelineItem): string {
  if (item.kind === 'event') return `event ${item.event.index} ${item.event.what.kind}`;
  return `${item.exchange.group.sender} ${item.exchange.group.messageId}`;
}

/** Returns how many other members say that they have read something of this agent. */
function readersOf({ direction, group: { index } }: GroupExchangeView, { members }: GroupView): number {
  if (direction !== 'outgoing' || index === undefined) return 0;
  return members.filter(({ isSelf, read }) => !isSelf && read !== undefined && read >= index).length;
}
