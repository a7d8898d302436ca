import { searched } from '../../agent/contracts/history-limits.ts';

/** Shows what can be searched, before anything is. */
export function SearchIntroduction() {
  return (
    <div className="search-introduction muted">
      <p>
        Every stored exchange of every conversation, requests and answers: all words must occur, and the last one may be
        the beginning of a word. <kbd>/</kbd> puts the cursor into the box, <kbd>↓</kbd> goes through what is found. A
        long exchange is found by its first {searched.words} different words within {searched.characters} characters,
        the short texts of it before the long ones. Archives are not searched: they are read only.
      </p>
      <p>Your search words never leave this device, and neither does the index.</p>
      <details>
        <summary>What the index reveals to somebody who copies it</summary>
        <p>
          The conversations are encrypted, and the index holds no words: each is a keyed hash, under a key that no
          script can take out of the browser. Whoever copies the browser’s whole profile has the key as well. Without it
          a copy shows how many exchanges there are with each peer, when they were made, about how long they are, how
          many different words each has, and which of them have some word in common. It does not say which word; but
          whoever knows how such conversations go can guess common words from how often each occurs.
        </p>
      </details>
    </div>
  );
}
