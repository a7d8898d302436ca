import type { KeyboardEventHandler, RefObject } from 'react';
import './writing.css';

interface GrowingFieldProps {
  readonly label: string;
  /** The label is said and not shown: what is written stands by itself. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly placeholder?: string;
  readonly isMono?: boolean;
  readonly isWrong: boolean;
  /** The id of the element that says what is wrong. */
  readonly problemId: string;
  readonly field?: RefObject<HTMLTextAreaElement | null>;
  readonly onKeyDown?: KeyboardEventHandler<HTMLTextAreaElement>;
}

/** Characters that decide how high a field is: with so many it is as high as it gets. */
const measured = 4_000;

/** Shows a field for a text of any number of lines, as high as what is written up to a part of the window. */
export function GrowingField(props: GrowingFieldProps) {
  const { label, isLabelHidden, className = '', text, change, placeholder, isMono, isWrong, problemId } = props;
  return (
    <label className={`field ${className}`.trim()}>
      <span className={isLabelHidden === true ? 'visually-hidden' : 'field-label'}>{label}</span>
      <span className={isMono === true ? 'growing mono' : 'growing'}>
        <span className="growing-size" aria-hidden="true">
          {`${text.slice(0, measured)}\n`}
        </span>
        <textarea
          ref={props.field}
          className="input"
          rows={1}
          spellCheck={isMono !== true}
          value={text}
          placeholder={placeholder}
          aria-invalid={isWrong}
          aria-describedby={problemId}
          onChange={(event) => change(event.target.value)}
          onKeyDown={props.onKeyDown}
        />
      </span>
    </label>
  );
}
