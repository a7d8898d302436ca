import { useEffect, useMemo, useRef, useState } from 'react';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { useHosted } from '../../state/hosted.ts';
import { ConversationPages } from './conversation-pages.ts';

/**
 * Returns what reads a stored conversation, from its end or around an exchange; `live` are its exchanges in memory. What is read
 * follows when memory is emptied.
 */
export function useConversationPages(
  conversation: string,
  around: number | undefined,
  live: readonly ExchangeView[],
): ConversationPages {
  const { engine } = useHosted();
  const [emptied, setEmptied] = useState(0);
  const held = useRef(live.length);
  const pages = useMemo(
    () => new ConversationPages((before, count) => engine.history(conversation, before, count)),
    [engine, conversation],
  );
  useEffect(() => {
    // Memory was emptied: what it held is to be read from the history.
    if (live.length < held.current) setEmptied((count) => count + 1);
    held.current = live.length;
  }, [live.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after that the stretch that was read is not all that is stored
  useEffect(() => void pages.open(around), [pages, around, emptied]);
  return pages;
}
