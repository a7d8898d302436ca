interface PassphraseFieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  /** A passphrase is being chosen, not remembered. */
  readonly isNew?: boolean;
  readonly isWrong?: boolean;
  /** It is in use, and cannot be changed meanwhile. */
  readonly isFixed?: boolean;
  readonly describedBy?: string;
}

/** Shows a field for a passphrase, which hides it. */
export function PassphraseField({
  label,
  value,
  change,
  isNew = false,
  isWrong = false,
  isFixed = false,
  describedBy,
}: PassphraseFieldProps) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input
        className="input"
        type="password"
        autoComplete={isNew ? 'new-password' : 'off'}
        value={value}
        readOnly={isFixed}
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}
