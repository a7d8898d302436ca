import { Fragment, type ReactNode, Suspense, useState } from 'react';
import { type GroupAttachmentView, groupOfConversation } from '../../../agent/contracts/group-views.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { saidBesideFile, saidText } from '../../../console/said-text.ts';
import { FoldedText } from '../../design/folded-text.tsx';
import { formatDateTime, formatDuration, formatSize, formatTime } from '../../design/format.ts';
import type { MarkedWord } from '../../design/marked-ranges.ts';
import { MarkedText } from '../../design/marked-text.tsx';
import { partyColour } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { lazyView } from '../../frame/lazy-view.tsx';
import { bodyStatus } from './body-words.ts';
import { SaidValue } from './said-value.tsx';

const AnswerBody = lazyView(async () => (await import('./answer-body.tsx')).AnswerBody);

interface ExchangeRowProps {
  readonly exchange: ExchangeView;
  /** The agent whose conversation it is. */
  readonly ownId: string;
  /** The exchange that the address leads to. */
  readonly isTarget: boolean;
  readonly words: readonly MarkedWord[];
  /** Of a long text, how many lines are shown at first. */
  readonly lines?: number;
  /** The time as a way to the exchange's own address; plain where it has none. */
  readonly time?: ReactNode;
  /** What the person can do about it. */
  readonly children?: ReactNode;
}

/** Shows a request and, under it, its outcome. */
export function ExchangeRow(props: ExchangeRowProps) {
  const { exchange, ownId, isTarget, words, lines, time, children } = props;
  const { direction, peerId, method, parameters, at, status, durationMs, result, error, group, answer } = exchange;
  const [isJson, setJson] = useState(false);
  const hasText = saidText(parameters) !== undefined || saidText(result) !== undefined;
  const isOutgoing = direction === 'outgoing';
  const asker = group?.sender ?? (isOutgoing ? ownId : peerId);
  const said = isJson ? parameters : saidBesideFile(parameters, group?.attachment);
  return (
    <li
      className="exchange"
      data-status={status}
      data-target={isTarget || undefined}
      tabIndex={isTarget ? -1 : undefined}
    >
      {time ?? <ExchangeTime at={at} />}
      <Direction out={isOutgoing} agentId={asker} />
      <code className="exchange-method">
        <MarkedText text={method} words={words} />
      </code>
      <div className="exchange-body">
        {said !== undefined && <SaidValue value={said} isJson={isJson} words={words} lines={lines} />}
        {group?.attachment !== undefined && <AttachedName attachment={group.attachment} words={words} />}
      </div>
      <span className={`exchange-status exchange-status-${toneOf(exchange)}`}>
        {endedEarly(exchange) ??
          bodyStatus(exchange) ??
          groupWord(exchange) ??
          leftWord(exchange) ??
          statusWords[status]}
      </span>
      <span className="exchange-duration muted">{durationMs === undefined ? '' : formatDuration(durationMs)}</span>
      {answersOf(exchange, ownId).map(({ from, result, error }) => (
        <Fragment key={from}>
          <Direction out={from === ownId} agentId={from} />
          <div className="exchange-answer">
            {error !== undefined && <ExchangeError error={error} words={words} lines={lines} />}
            {error === undefined && !(answer !== undefined && (result ?? null) === null) && (
              <SaidValue value={result ?? null} isJson={isJson} words={words} lines={lines} />
            )}
            {answer !== undefined && (
              <Suspense>
                <AnswerBody exchange={exchange} body={answer} words={words} lines={lines} />
              </Suspense>
            )}
          </div>
        </Fragment>
      ))}
      {status === 'failed' && error !== undefined && (
        <div className="exchange-answer">
          <ExchangeError error={error} words={words} lines={lines} />
        </div>
      )}
      {hasText && (
        <button
          type="button"
          className="exchange-json"
          aria-pressed={isJson}
          aria-label="Show as JSON"
          title={isJson ? 'Show as text' : 'Show as JSON'}
          onClick={() => setJson(!isJson)}
        >
          {'{ }'}
        </button>
      )}
      {children}
    </li>
  );
}

type Answer = Pick<ExchangeView, 'result' | 'error'> & { readonly from: string };

/** Returns the answers to a request: of a group as many as came, and none to a message, which nobody answers. */
function answersOf(exchange: ExchangeView, ownId: string): readonly Answer[] {
  const { direction, peerId, status, group } = exchange;
  if (group !== undefined && groupOfConversation(peerId) !== undefined) return group.answers;
  if (status !== 'success' && status !== 'error') return [];
  return [{ ...exchange, from: direction === 'outgoing' ? peerId : ownId }];
}

/** Shows the name and size of a file that came with a message. */
function AttachedName({ attachment, words }: { attachment: GroupAttachmentView; words: readonly MarkedWord[] }) {
  return (
    <span className="muted">
      <MarkedText text={attachment.name ?? 'file'} words={words} /> {formatSize(attachment.size)}
    </span>
  );
}

interface ExchangeErrorProps {
  readonly error: NonNullable<ExchangeView['error']>;
  readonly words: readonly MarkedWord[];
  readonly lines: number | undefined;
}

function ExchangeError({ error, words, lines }: ExchangeErrorProps) {
  return (
    <div className="exchange-error">
      <code>
        <UntrustedText text={error.code} />
      </code>
      <FoldedText text={error.detail} words={words} lines={lines} />
    </div>
  );
}

/** Shows when a request was made. */
export function ExchangeTime({ at }: { readonly at: number }) {
  return (
    <time className="exchange-time muted" dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
      {formatTime(at)}
    </time>
  );
}

const statusWords: Readonly<Record<ExchangeView['status'], string>> = {
  pending: 'waiting',
  held: 'your answer?',
  success: 'SUCCESS',
  error: 'ERROR',
  failed: 'FAILED',
};

/** Returns the colour that the status has: that of the bytes of its answer, where they say more. */
function toneOf({ status, answer }: ExchangeView): ExchangeView['status'] {
  if (answer?.state === 'open') return 'pending';
  return answer?.state === 'failed' || answer?.state === 'stopped' ? 'failed' : status;
}

/** Returns the word for a request that one side has ended before its answer. */
function endedEarly({ status, error, direction }: ExchangeView): string | undefined {
  if (status === 'error' && direction === 'incoming' && error?.code === 'cancelled') return 'CANCELLED';
  if (status !== 'failed') return undefined;
  if (error?.code === 'cancelled') return 'CANCELLED';
  return error?.code === 'timed_out' ? 'TIMED OUT' : undefined;
}

/** Returns the word for what was said in a group: how far an own message has come, or how many have answered. */
function groupWord({ peerId, direction, status, group }: ExchangeView): string | undefined {
  if (group === undefined || groupOfConversation(peerId) === undefined) return undefined;
  if (status === 'failed' || status === 'held') return undefined;
  if (group.kind === 'request') return `${group.answers.length} answered`;
  return direction === 'outgoing' ? group.delivery : '';
}

/** Returns how far a message has come that was left for a peer that is away. */
function leftWord({ status, direction, group }: ExchangeView): string | undefined {
  if (group === undefined || direction !== 'outgoing') return undefined;
  if (status === 'pending') return group.delivery;
  return status === 'success' && group.kind === 'request' ? 'answered' : undefined;
}

function Direction({ out, agentId }: { readonly out: boolean; readonly agentId: string }) {
  return (
    <span className="exchange-direction" style={{ color: partyColour(agentId) }}>
      <span aria-hidden="true">{out ? '▸' : '◂'}</span>
      <span className="visually-hidden">{out ? 'sent by this agent' : `from ${agentId}`}</span>
    </span>
  );
}
