import { useEffect, useState } from 'react';
import './copy-button.css';

const words = { idle: 'Copy', copied: 'Copied', refused: 'Not allowed' } as const;

/** Copies what `text` gives and says so for two seconds, to screen readers too. `label` names what is copied. */
export function CopyButton({ text, label }: { readonly text: () => string; readonly label: string }) {
  const [state, setState] = useState<keyof typeof words>('idle');

  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = () => {
    navigator.clipboard.writeText(text()).then(
      () => setState('copied'),
      () => setState('refused'),
    );
  };
  return (
    <button type="button" className="copy-button" onClick={copy}>
      <span aria-live="polite">{words[state]}</span>
      <span className="copy-button-label"> {label}</span>
    </button>
  );
}
