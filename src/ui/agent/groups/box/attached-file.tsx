import { useRef } from 'react';
import { formatSize } from '../../../design/format.ts';
import { UntrustedText } from '../../../design/untrusted-text.tsx';

interface AttachedFileProps {
  readonly file: File | undefined;
  readonly choose: (file: File | undefined) => void;
}

/** Chooses the file that goes with a message, and shows it. A file can be dropped on the conversation or pasted too. */
export function AttachedFile({ file, choose }: AttachedFileProps) {
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span className="attached-file">
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to attach"
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          if (chosen !== undefined) choose(chosen);
          // The same file can be chosen again.
          target.value = '';
        }}
      />
      <button ref={button} type="button" className="button button-quiet" onClick={() => input.current?.click()}>
        {file === undefined ? 'Attach a file' : 'Another file'}
      </button>
      {file !== undefined && (
        <span className="attached-file-name">
          <span className="attachment-name" title={file.name}>
            <UntrustedText text={file.name} />
          </span>
          <span className="muted">{formatSize(file.size)}</span>
          <button
            type="button"
            className="button button-quiet"
            aria-label={`Do not attach ${file.name}`}
            onClick={() => {
              choose(undefined);
              button.current?.focus();
            }}
          >
            Remove
          </button>
        </span>
      )}
    </span>
  );
}
