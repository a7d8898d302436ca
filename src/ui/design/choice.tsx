import { visibleLine } from '../../console/visible-text.ts';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly onChange: (value: string) => void;
  /** What a value is called, where it is not shown as it is. */
  readonly nameOf?: (value: string) => string;
}

/**
 * Shows a choice of one of some values, or all of them: the empty string. A value that is not among them any more
 * stays to be seen.
 */
export function Choice({ label, value, values, onChange, nameOf = (each) => each }: ChoiceProps) {
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{label}: all</option>
        {(values.includes(value) || value === '' ? values : [value, ...values]).map((each) => (
          <option key={each} value={each}>
            {visibleLine(nameOf(each))}
          </option>
        ))}
      </select>
    </label>
  );
}
