import { useEffect, useState } from 'react';
import type { BodyView } from '../../../agent/contracts/body-views.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { shortId } from '../../design/format.ts';
import { saveFile } from '../../design/save-file.ts';
import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';
import { StopButton } from './stop-button.tsx';

interface AnswerControlsProps {
  readonly exchange: ExchangeView;
  readonly body: BodyView;
}

/** Shows what can be done with the bytes of an answer: stop them while they come, and save them while they are held. */
export function AnswerControls({ exchange, body }: AnswerControlsProps) {
  const { peerId, requestId } = exchange;
  if (body.state === 'whole') return <SaveButton exchange={exchange} body={body} />;
  if (body.state !== 'open') return null;
  return (
    <div className="exchange-answer answer-controls">
      <StopButton peerId={peerId} requestId={requestId} label="Stop" />
    </div>
  );
}

function SaveButton({ exchange, body }: AnswerControlsProps) {
  const { engine } = useHosted();
  const { peerId, requestId } = exchange;
  const { isAtWork, failure, run } = useTask();
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    let isShown = true;
    engine.holdsAnswer(peerId, requestId).then(
      (held) => isShown && setHeld(held),
      // An agent that is not ready holds nothing.
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [engine, peerId, requestId]);
  if (!isHeld) return null;
  const save = async () => {
    const bytes = await engine.answerBytes(peerId, requestId);
    // Nothing of a peer is opened: no place gets its announced type.
    saveFile(`answer-${shortId(requestId)}.${endingOf(body)}`, 'application/octet-stream', bytes);
  };
  return (
    <div className="exchange-answer answer-controls">
      <button type="button" className="button" disabled={isAtWork} onClick={() => void run(save)}>
        Save
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}

const endings: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/markdown': 'md',
  'text/csv': 'csv',
  'application/json': 'json',
  'application/jsonl': 'jsonl',
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** Returns the ending of a name for bytes of a media type. */
function endingOf({ mediaType }: BodyView): string {
  const type = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(endings, type) ? (endings[type] ?? 'bin') : 'bin';
}
