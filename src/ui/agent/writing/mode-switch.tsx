import { useId } from 'react';
import './writing.css';

interface ModeSwitchProps<Mode extends string> {
  readonly label: string;
  readonly modes: readonly Mode[];
  readonly mode: Mode;
  readonly choose: (mode: Mode) => void;
}

/** Shows two or three ways to write the same thing, and switches between them. */
export function ModeSwitch<const Mode extends string>({ label, modes, mode, choose }: ModeSwitchProps<Mode>) {
  const name = useId();
  return (
    <fieldset className="mode-switch">
      <legend className="visually-hidden">{label}</legend>
      {modes.map((each) => (
        <label key={each}>
          <input type="radio" name={name} checked={each === mode} onChange={() => choose(each)} />
          <span>{each}</span>
        </label>
      ))}
    </fieldset>
  );
}
