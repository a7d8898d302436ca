import { useEffect } from 'react';
import { create } from 'zustand';
import type { FailureView } from '../../agent/contracts/views.ts';
import { loadDraftFile, saveDraftFile } from '../../storage/indexeddb/draft-files.ts';
import { loadDrafts, saveDraft } from '../../storage/indexeddb/drafts.ts';
import { forgetDrafts } from '../../storage/indexeddb/drafts-database.ts';
import { failureOf } from './failure.ts';

interface Drafts {
  /** By agent and name. */
  readonly texts: Readonly<Record<string, string>>;
  /** Files that were chosen and not sent, by agent and name; undefined where the person has taken it back. */
  readonly files: Readonly<Record<string, File | undefined>>;
  /** Why what is being written would not outlast a reload. */
  readonly failure?: FailureView;
}

/** Milliseconds without a change after which a draft is stored. */
const restMs = 300;

const useDrafts = create<Drafts>(() => ({ texts: {}, files: {} }));
const loaded = new Set<string>();
/** What is to be stored, by agent and name. */
const waiting = new Map<
  string,
  { readonly agentId: string; readonly name: string; readonly text: string | undefined }
>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** What was begun last with what is stored. Never rejects. */
let last: Promise<void> = Promise.resolve();

/**
 * Returns what a person has typed and not sent, and how to change it. It outlasts a reload, encrypted; `initial` stands where nothing
 * was typed.
 */
export function useDraft(
  agentId: string,
  name: string,
  initial: string,
): readonly [text: string, setText: (text: string) => void] {
  const place = placeOf(agentId, name);
  const text = useDrafts(({ texts }) => texts[place]) ?? initial;
  useEffect(() => void load(agentId), [agentId]);
  return [
    text,
    (next) => {
      useDrafts.setState(({ texts }) => ({ texts: { ...texts, [place]: next } }));
      waiting.set(place, { agentId, name, text: next === initial ? undefined : next });
      clearTimeout(timer);
      timer = setTimeout(store, restMs);
    },
  ];
}

/** Returns the file that a person has chosen and not sent, and how to change it. It outlasts a reload, encrypted, as a text does. */
export function useDraftFile(
  agentId: string,
  name: string,
): readonly [file: File | undefined, setFile: (file: File | undefined) => void] {
  const place = placeOf(agentId, name);
  const file = useDrafts(({ files }) => files[place]);
  useEffect(() => void loadFile(agentId, name), [agentId, name]);
  return [
    file,
    (next) => {
      useDrafts.setState(({ files }) => ({ files: { ...files, [place]: next } }));
      void attempt(() => saveDraftFile(agentId, name, next, Date.now()));
    },
  ];
}

/** Returns what `useDraft` gives at this moment, also to whom it drew last before a change; undefined where nothing was typed. */
export function draftNow(agentId: string, name: string): string | undefined {
  return useDrafts.getState().texts[placeOf(agentId, name)];
}

/** Returns why drafts cannot be stored, when they cannot. */
export function useDraftFailure(): FailureView | undefined {
  return useDrafts(({ failure }) => failure);
}

/** Deletes what was typed for an agent that is forgotten. */
export async function dropDrafts(agentId: string): Promise<void> {
  for (const [place, draft] of waiting) if (draft.agentId === agentId) waiting.delete(place);
  useDrafts.setState(({ texts, files }) => ({
    texts: withoutAgent(texts, agentId),
    files: withoutAgent(files, agentId),
  }));
  await attempt(() => forgetDrafts(agentId));
}

function withoutAgent<T>(drafts: Readonly<Record<string, T>>, agentId: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(drafts).filter(([place]) => !place.startsWith(placeOf(agentId, ''))));
}

const placeOf = (agentId: string, name: string) => `${agentId} ${name}`;

async function load(agentId: string): Promise<void> {
  if (loaded.has(agentId)) return;
  loaded.add(agentId);
  await attempt(async () => {
    const found = await loadDrafts(agentId, Date.now());
    const stored = Object.fromEntries([...found].map(([name, text]) => [placeOf(agentId, name), text]));
    // What was typed meanwhile is newer.
    useDrafts.setState(({ texts }) => ({ texts: { ...stored, ...texts } }));
  });
}

/** Reads the file of one place, unless one was chosen there since the page was loaded. */
async function loadFile(agentId: string, name: string): Promise<void> {
  const place = placeOf(agentId, name);
  if (place in useDrafts.getState().files) return;
  await attempt(async () => {
    const found = await loadDraftFile(agentId, name, Date.now());
    useDrafts.setState(({ files }) => ({ files: { [place]: found, ...files } }));
  });
}

function store(): void {
  clearTimeout(timer);
  const drafts = [...waiting.values()];
  waiting.clear();
  for (const { agentId, name, text } of drafts) void attempt(() => saveDraft(agentId, name, text, Date.now()));
}

/** Does one thing after the other: what was typed later is stored later, and nothing is stored of an agent that was forgotten. */
function attempt(work: () => Promise<void>): Promise<void> {
  last = last.then(work).then(
    () => useDrafts.setState(({ texts, files }) => ({ texts, files }), true),
    (cause: unknown) => useDrafts.setState({ failure: failureOf(cause) }),
  );
  return last;
}

// A page that is hidden may be ended without another word.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') store();
});
window.addEventListener('pagehide', store);
