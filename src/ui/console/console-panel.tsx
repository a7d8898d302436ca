import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type StoreApi, useStore } from 'zustand';
import type { PeerView } from '../../agent/contracts/views.ts';
import { complete } from '../../console/complete.ts';
import { shortName } from '../../console/names.ts';
import { shortcutKey } from '../frame/shortcut-key.ts';
import { useDraft } from '../state/drafts.ts';
import { useHosted } from '../state/hosted.ts';
import { usePeers } from '../state/use-peers.ts';
import { consoleAgent } from './console-agent.ts';
import { ConsoleEntry } from './console-entry.tsx';
import { add, type ConsoleState } from './console-store.ts';
import { enterLines } from './enter-lines.ts';

/** Pixels from the end within which a reader counts as being there. */
const nearEnd = 40;

/** Also where it is a dead key. */
const isBacktick = (event: KeyboardEvent) => event.key === '`' || (event.key === 'Dead' && event.code === 'Backquote');

/** Shows the log of the console and its input line. */
export function ConsolePanel({ store }: { readonly store: StoreApi<ConsoleState> }) {
  const hosted = useHosted();
  const agent = useMemo(() => consoleAgent(hosted), [hosted]);
  const { entries, history, running, waiting } = useStore(store);
  const [input, setInput] = useDraft(hosted.agentId, 'console', '');
  const shown = useRef(input);
  shown.current = input;
  const [at, setAt] = useState<number>();
  const { data: peers, refetch } = usePeers(hosted);
  const field = useRef<HTMLInputElement>(null);
  const log = useStayAtEnd(entries);
  const id = useId();
  const prompt = `${shortName(hosted.agentId)}>`;

  useEffect(() => field.current?.focus(), []);

  const write = (text: string) => {
    setAt(undefined);
    setInput(text);
  };
  const enter = (event: FormEvent) => {
    event.preventDefault();
    write('');
    enterLines(store, agent, [input]);
  };
  const recall = (step: -1 | 1) => {
    const next = Math.min(history.length, Math.max(0, (at ?? history.length) + step));
    setAt(next);
    setInput(history[next] ?? '');
  };
  const completed = (known: readonly PeerView[] | undefined) =>
    complete(input, {
      peers: known?.map(({ agentId }) => agentId) ?? [],
      sessions: agent.sessions().map(({ sessionId }) => sessionId),
      groups: agent.groups(),
      invitations: agent.invitations(),
    });
  const completeInput = async () => {
    let completion = completed(peers);
    if (completion.candidates.length === 0 && completion.line === input) {
      // A name that is not known yet may be that of an agent that has come since.
      completion = completed((await refetch()).data);
      if (shown.current !== input) return;
    }
    const { line, candidates } = completion;
    if (candidates.length > 0 && line === input)
      add(store, { said: { line: { level: 'OUT', text: candidates.join('  ') } } });
    write(line);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const control = event.ctrlKey && !event.shiftKey ? shortcutKey(event) : undefined;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      recall(event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'Tab' && plain && input !== '') {
      // On an empty line Tab goes on, so that nobody is held here.
      event.preventDefault();
      void completeInput();
    } else if (control === 'l') {
      event.preventDefault();
      store.setState({ entries: [] });
    } else if (control === 'c' && field.current?.selectionStart === field.current?.selectionEnd) {
      write('');
    } else if (event.key === 'Escape' || (isBacktick(event) && input === '' && !event.repeat)) {
      event.preventDefault();
      store.setState({ open: false });
    }
  };
  const paste = (event: ClipboardEvent) => {
    const lines = event.clipboardData.getData('text').split(/\r?\n/);
    if (lines.length < 2) return;
    // Several lines are several commands; what stands after the last line's end is still being written.
    event.preventDefault();
    const rest = lines.pop() ?? '';
    const [first = '', ...more] = lines;
    enterLines(store, agent, [input + first, ...more]);
    write(rest);
  };

  return (
    <div className="console-panel">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="console-log" role="log" aria-label="Console output" tabIndex={0} ref={log}>
        {entries.length === 0 && (
          <p className="muted">
            Type <code>help</code> for the commands, <code>connect helper</code> to begin.
          </p>
        )}
        {entries.map((entry) => (
          <ConsoleEntry key={entry.id} entry={entry} prompt={prompt} />
        ))}
        {running !== undefined && (
          <p className="console-running">
            <span className="console-ring" aria-hidden="true" /> running {running}
            {waiting.length > 0 && `, ${waiting.length} waiting`}
          </p>
        )}
      </div>
      <form className="console-form" onSubmit={enter}>
        <label htmlFor={id}>
          <span className="visually-hidden">Command for </span>
          {prompt}
        </label>
        <input
          id={id}
          ref={field}
          value={input}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="send"
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKey}
          onPaste={paste}
        />
      </form>
    </div>
  );
}

/** Keeps the end in view as `last` changes, unless the reader has scrolled away from it. */
function useStayAtEnd(last: unknown) {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks whenever something was added
  useLayoutEffect(() => {
    const log = box.current;
    if (log === null) return;
    if (log.scrollTop + log.clientHeight >= height.current - nearEnd) log.scrollTop = log.scrollHeight;
    height.current = log.scrollHeight;
  }, [last]);
  return box;
}
