import { useRef } from 'react';
import type { BodyView } from '../../../agent/contracts/body-views.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { FoldedText } from '../../design/folded-text.tsx';
import type { MarkedWord } from '../../design/marked-ranges.ts';
import { partyOf } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { bodyWords, isCut, isJsonLines } from './body-words.ts';
import './answer-body.css';

/** Characters of a text that are drawn while it comes: its end. */
const drawnWhileComing = 4_000;

interface AnswerBodyProps {
  readonly exchange: ExchangeView;
  readonly body: BodyView;
  readonly words: readonly MarkedWord[];
  readonly lines?: number | undefined;
}

/** Shows the bytes of an answer: a text as it comes, and how far they have come. Their end is told to who cannot see it. */
export function AnswerBody({ exchange, body, words, lines }: AnswerBodyProps) {
  const { direction, peerId } = exchange;
  const { state, text, mediaType, name, hash, error } = body;
  const isComing = state === 'open';
  const wasComing = useRef(isComing);
  wasComing.current ||= isComing;
  const said = bodyWords(body, direction, partyOf(peerId).name);
  return (
    <div className="answer-body" data-state={state}>
      {text !== undefined &&
        (isComing ? (
          <ComingText text={text} isJson={isJsonLines(body)} />
        ) : (
          <FoldedText text={text.trimEnd()} isJson={isJsonLines(body)} words={words} lines={lines} />
        ))}
      <p className="answer-facts muted">
        {name !== undefined && <UntrustedText text={name} />}
        <span>
          <UntrustedText text={mediaType} />
        </span>
        <span className="answer-amount" aria-live="off">
          {said}
        </span>
        {isCut(body) && <span>The first 64 KiB are shown.</span>}
        {hash !== undefined && (
          <span title={`Hash of the bytes: ${hash}`}>
            hash <code>{hash.slice(0, 10)}…</code>
          </span>
        )}
      </p>
      {error !== undefined && state !== 'stopped' && (
        <p className="exchange-error">
          <code>
            <UntrustedText text={error.code} />
          </code>{' '}
          <UntrustedText text={error.detail} />
        </p>
      )}
      <span className="visually-hidden" role="status">
        {!isComing && wasComing.current ? (state === 'whole' ? `The answer is complete: ${said}` : said) : ''}
      </span>
    </div>
  );
}

/** Shows the end of a text that is still coming, with a caret. It is no news to a screen reader until it is complete. */
function ComingText({ text, isJson }: { readonly text: string; readonly isJson: boolean }) {
  return (
    <pre className={isJson ? 'json' : 'said'} dir={isJson ? undefined : 'auto'} aria-live="off">
      <UntrustedText text={endOf(text)} />
      <span className="answer-caret" aria-hidden="true" />
    </pre>
  );
}

function endOf(text: string): string {
  if (text.length <= drawnWhileComing) return text;
  const from = text.length - drawnWhileComing;
  const line = text.indexOf('\n', from);
  return `…\n${line === -1 || line > text.length - 200 ? text.slice(from).toWellFormed() : text.slice(line + 1)}`;
}
