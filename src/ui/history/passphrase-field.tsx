interface PassphraseFieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  /** A passphrase is being chosen, not remembered. */
  readonly isNew?: boolean;
  readonly isWrong?: boolean;
  readonly describedBy?: string;
}

/** Shows a field for a passphrase, which hides it. */
export function PassphraseField({
  label,
  value,
  change,
  isNew = false,
  isWrong = false,
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
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}
