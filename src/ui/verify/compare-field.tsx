import { useId } from 'react';
import type { Comparison } from './compare-numbers.ts';

interface CompareFieldProps {
  readonly text: string;
  readonly change: (text: string) => void;
  readonly comparison: Comparison;
}

/** Shows the field for the other side's number. It says equal or not, and marks nothing. */
export function CompareField({ text, change, comparison }: CompareFieldProps) {
  const id = useId();
  return (
    <div className="verify-compare">
      <label className="field-label" htmlFor={id}>
        Paste the number the other side sent you
      </label>
      <output className={`verify-outcome verify-outcome-${comparison.outcome}`}>{wordsOf(comparison)}</output>
      <textarea
        id={id}
        className="input verify-paste"
        rows={2}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}

function wordsOf(comparison: Comparison): string {
  switch (comparison.outcome) {
    case 'nothing':
      return '';
    case 'not_sixty':
      return `${comparison.digits} of 60 digits.`;
    case 'equal':
      return '✓ Equal: all 60 digits are the same.';
    case 'differs':
      return `✗ Differs in ${comparison.groups.length === 1 ? 'group' : 'groups'} ${comparison.groups.join(', ')}. Do not mark it.`;
  }
}
