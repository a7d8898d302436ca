import { type ClipboardEventHandler, type KeyboardEventHandler, type RefObject, useRef } from 'react';
import type { Problem } from './problem.ts';
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
  readonly problem: Problem | undefined;
  /** The id of the element that says what is wrong. */
  readonly problemId: string;
  readonly field?: RefObject<HTMLTextAreaElement | null>;
  readonly onKeyDown?: KeyboardEventHandler<HTMLTextAreaElement>;
  readonly onPaste?: ClipboardEventHandler<HTMLTextAreaElement>;
}

/** Characters that decide how high a field is: with so many it is as high as it gets. */
const measured = 4_000;
/** Characters up to which a place is marked: laying out a longer text twice would hold up the page. */
const marked = 100_000;

/** Shows a field for a text of any number of lines, as high as what is written up to a part of the window. */
export function GrowingField(props: GrowingFieldProps) {
  const { label, isLabelHidden, className = '', text, change, placeholder, isMono, problem, problemId } = props;
  const behind = useRef<HTMLSpanElement>(null);
  const isMarked = problem !== undefined && problem.end <= text.length && text.length <= marked;
  return (
    <label className={`field ${className}`.trim()}>
      <span className={isLabelHidden === true ? 'visually-hidden' : 'field-label'}>{label}</span>
      <span className={isMono === true ? 'growing mono' : 'growing'}>
        <span ref={behind} className="growing-size" aria-hidden="true">
          {isMarked ? (
            <>
              {text.slice(0, problem.start)}
              {/* A place at the end has no character to mark. */}
              <span className="growing-problem">{text.slice(problem.start, problem.end) || ' '}</span>
              {`${text.slice(problem.end)}\n`}
            </>
          ) : (
            `${text.slice(0, measured)}\n`
          )}
        </span>
        <textarea
          ref={props.field}
          className="input"
          rows={1}
          spellCheck={isMono !== true}
          value={text}
          placeholder={placeholder}
          aria-invalid={problem !== undefined}
          aria-describedby={problemId}
          onChange={(event) => change(event.target.value)}
          onKeyDown={props.onKeyDown}
          onPaste={props.onPaste}
          onScroll={({ currentTarget }) => {
            if (behind.current !== null) behind.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </span>
    </label>
  );
}
