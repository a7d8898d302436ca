import { useEffect } from 'react';
import { create } from 'zustand';
import { isTyping } from '../design/is-typing.ts';
import { Modal } from '../design/modal.tsx';
import './keyboard-shortcuts.css';
import { type Destination, goTo } from '../routing/go-to.ts';
import { shortcutKey } from './shortcut-key.ts';
import { steadyInput } from './steady-input.ts';

const useKeysDialog = create<{ open: boolean }>(() => ({ open: false }));

const places: readonly (readonly [letter: string, place: Destination, words: string])[] = [
  ['h', 'home', 'Home: the agents of this browser'],
  ['l', 'lab', 'Attack lab'],
  ['o', 'trace', 'Open a saved trace'],
  ['g', 'groups', 'Groups of this agent, and invitations'],
  ['p', 'peers', 'Peers of this agent'],
  ['s', 'sessions', 'Sessions with the peer'],
  ['t', 'traffic', 'Traffic: every HTTP exchange'],
  ['f', 'search', 'Search the conversations'],
  ['a', 'audit', 'Audit trail'],
  ['y', 'history', 'History: what is stored, for how long, backup'],
  ['c', 'conversation', 'Conversation with the peer, or of the group'],
  ['k', 'handshake', 'Handshake of the session'],
  ['w', 'wire', 'Wire: what an observer saw'],
];

const others: readonly (readonly [keys: readonly string[], words: string])[] = [
  [['c'], 'Write to the peer or the group: the send box'],
  [['↑', '↓'], 'In the groups, the peers and the conversation: the row before or after'],
  [['Enter'], 'Send the text; Shift Enter breaks the line'],
  [['↑'], 'In an empty box: bring back what was sent last'],
  [['Ctrl', 'Enter'], 'Send a method with its parameters (⌘ Enter on a Mac)'],
  [['←', '→'], 'Steps of a handshake: back and on; with Shift from message to message'],
  [['Space'], 'Play or pause the steps of a handshake'],
  [['/'], 'Search, or filter what is listed'],
  [['`'], 'Console of this agent'],
  [['?'], 'These shortcuts'],
  [['Esc'], 'Close what is open'],
];

/** Milliseconds within which the second key must follow `g`. */
const chordMs = 1_500;

/** Opens the list of keyboard shortcuts. */
export function ShortcutsButton() {
  return (
    <button
      type="button"
      className="button button-quiet"
      title="Keyboard shortcuts"
      onClick={() => useKeysDialog.setState({ open: true })}
    >
      <span aria-hidden="true">?</span>
      <span className="visually-hidden">Keyboard shortcuts</span>
    </button>
  );
}

/** Listens for the keys of the whole app, and shows them all when asked. */
export function KeyboardShortcuts() {
  const open = useKeysDialog((state) => state.open);
  useEffect(listenForKeys, []);
  useEffect(steadyInput, []);
  return (
    <Modal
      open={open}
      onOpenChange={(next) => useKeysDialog.setState({ open: next })}
      heading="Keyboard shortcuts"
      description="Everything here works without a mouse. The shortcuts are off while you type in a field."
    >
      <dl className="keys">
        {places.map(([letter, place, words]) => (
          <div key={place} className="keys-row">
            <dt>
              <kbd>g</kbd> <kbd>{letter}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
        {others.map(([keys, words]) => (
          <div key={words} className="keys-row">
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <div className="modal-actions">
        <button type="button" className="button" onClick={() => useKeysDialog.setState({ open: false })}>
          Close
        </button>
      </div>
    </Modal>
  );
}

function listenForKeys(): () => void {
  let goAt = Number.NEGATIVE_INFINITY;
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    const key = shortcutKey(event);
    if (key === '?') {
      event.preventDefault();
      useKeysDialog.setState({ open: true });
      return;
    }
    const chord = event.timeStamp - goAt < chordMs;
    goAt = key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const place = chord ? places.find(([letter]) => letter === key)?.[1] : key === 'c' ? 'box' : undefined;
    if (place === undefined) return;
    event.preventDefault();
    goTo(place);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
