import { isAgentId } from '../../protocol/ids.ts';

/** What is searched for: empty strings stand for nothing yet, and for every peer. */
export interface SearchFilter {
  readonly text: string;
  readonly peer: string;
}

/** Reads a search from a query string; what it does not know is not looked at. */
export function parseSearch(query: string | undefined): SearchFilter {
  const read = new URLSearchParams(query);
  const peer = read.get('peer') ?? '';
  return { text: (read.get('q') ?? '').slice(0, 200), peer: isAgentId(peer) ? peer : '' };
}

/** Returns a search as a query string; `parseSearch` reads it back. */
export function formatSearch({ text, peer }: SearchFilter): string {
  return new URLSearchParams({ ...(text === '' ? {} : { q: text }), ...(peer === '' ? {} : { peer }) }).toString();
}
