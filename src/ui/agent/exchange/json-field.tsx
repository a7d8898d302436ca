import type { KeyboardEvent } from 'react';

interface JsonFieldProps {
  readonly label: string;
  readonly className?: string;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly isWrong: boolean;
  /** The id of the element that says what is wrong. */
  readonly problemId: string;
}

/** Shows a field for JSON of a few lines. */
export function JsonField({ label, className = '', text, change, isWrong, problemId }: JsonFieldProps) {
  return (
    <label className={`field ${className}`.trim()}>
      <span className="field-label">{label}</span>
      <textarea
        className="input mono"
        rows={2}
        spellCheck={false}
        value={text}
        aria-invalid={isWrong}
        aria-describedby={problemId}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

/** Calls `submit` on Enter with Ctrl or Command: Enter alone breaks the line. */
export function onSubmitKey(event: KeyboardEvent, submit: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  submit();
}
