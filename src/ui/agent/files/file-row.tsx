import { memo } from 'react';
import type { FileView } from '../../../agent/contracts/file-views.ts';
import { formatDateTime, formatSize, formatTime } from '../../design/format.ts';
import { partyColour } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { FileActions } from './file-actions.tsx';
import type { FileCalls } from './file-calls.ts';
import { FileHash } from './file-hash.tsx';
import { FileName } from './file-name.tsx';
import { FilePreview } from './file-preview.tsx';
import './file-row.css';
import { type Obstacle, progressWords, quarterWords, statusSentence, statusWord } from './file-words.ts';
import { mostPictureBytes } from './picture.ts';

interface FileRowProps {
  readonly file: FileView;
  /** The agent whose conversation it is. */
  readonly ownId: string;
  /** What keeps a file that waits from going on. */
  readonly obstacle: Obstacle;
  readonly calls: FileCalls;
}

/** Shows a file in a conversation: what it is, how far it has come, and what can be done with it. */
export const FileRow = memo(function FileRow({ file, ownId, obstacle, calls }: FileRowProps) {
  const { name, mediaType, direction, peerId, at, status, size, moved, hash, error } = file;
  const isOutgoing = direction === 'outgoing';
  const sender = isOutgoing ? ownId : peerId;
  const sentence = statusSentence(file, obstacle);
  const isUnderWay = status === 'moving' || status === 'paused' || status === 'waiting';
  const isReceived = status === 'whole' && !isOutgoing;
  return (
    <li className="file-row" data-status={status} data-direction={direction} data-file={file.id}>
      <time className="exchange-time muted" dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
        {formatTime(at)}
      </time>
      <span className="exchange-direction" style={{ color: partyColour(sender) }}>
        <span aria-hidden="true">{isOutgoing ? '▸' : '◂'}</span>
        <span className="visually-hidden">{isOutgoing ? 'sent by this agent' : `from ${peerId}`}</span>
      </span>
      <span className="file-kind">file</span>
      <div className="file-facts">
        <FileName name={name} />
        <span className="file-type muted">
          <UntrustedText text={mediaType} />
        </span>
        <span className="muted">{formatSize(size)}</span>
      </div>
      <span className={`exchange-status file-status-${status}`}>{statusWord(file)}</span>
      <div className="file-body">
        {isUnderWay && (
          // It changes all the time: who listens hears of the quarters alone.
          <div className="file-progress" aria-live="off">
            <progress max={Math.max(1, size)} value={moved} aria-label={`Progress of ${name}`} />
            <span className="muted">{progressWords(file)}</span>
          </div>
        )}
        <span className="visually-hidden" role="status">
          {quarterWords(file)}
        </span>
        {error !== undefined && (
          <p className="file-error">
            <strong>{error.title}.</strong> <UntrustedText text={error.detail} />{' '}
            <code>
              <UntrustedText text={error.code} />
            </code>
          </p>
        )}
        {sentence !== undefined && <p className="file-sentence">{sentence}</p>}
        {hash !== undefined && <FileHash hash={hash} isEqual={status === 'whole'} />}
        {isReceived && size <= mostPictureBytes && <FilePreview file={file} open={calls.open} />}
        <FileActions file={file} calls={calls} />
      </div>
    </li>
  );
});
