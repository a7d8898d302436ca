import { create } from 'zustand';

const useDrafts = create<Readonly<Record<string, string>>>(() => ({}));

/** What a person has typed and not sent: kept for as long as the page is, whatever else is looked at meanwhile. */
export function useDraft(key: string, initial: string): readonly [text: string, setText: (text: string) => void] {
  const text = useDrafts((drafts) => drafts[key]) ?? initial;
  return [text, (next) => useDrafts.setState({ [key]: next })];
}
