import type { GroupAttachmentView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { formatSize } from '../../../design/format.ts';
import { saveFile } from '../../../design/save-file.ts';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import './attachment.css';
import { ImagePreview } from './image-preview.tsx';
import { safeFileName } from './safe-file-name.ts';

interface AttachmentRowProps {
  readonly groupId: string;
  readonly messageId: string;
  readonly attachment: GroupAttachmentView;
  /** What is shown apart is decoded by nobody until it is saved. */
  readonly isShown: boolean;
}

/** Shows what came with a message: its name and size, a small picture when it is a raster image, and how to save it. */
export function AttachmentRow({ groupId, messageId, attachment, isShown }: AttachmentRowProps) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { size, name, mediaType } = attachment;
  const fileName = safeFileName(name);
  const save = () =>
    // Never as its sender's type: nothing of it is opened here.
    run(async () => saveFile(fileName, 'application/octet-stream', await engine.groupAttachment(groupId, messageId)));
  return (
    <div className="attachment">
      <p className="attachment-line">
        <span className="attachment-name" title={fileName}>
          <UntrustedText text={fileName} />
        </span>
        <span className="muted">{formatSize(size)}</span>
        <button
          type="button"
          className="button button-quiet"
          disabled={isAtWork}
          aria-label={`Save ${fileName}`}
          onClick={() => void save()}
        >
          Save
        </button>
      </p>
      {isShown && mediaType?.startsWith('image/') === true && (
        <ImagePreview groupId={groupId} messageId={messageId} label={fileName} />
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
