import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface ConfirmButtonProps {
  readonly label: string;
  readonly className?: string;
  readonly heading: string;
  readonly description: string;
  /** The word on the button that does it. */
  readonly confirm: string;
  readonly action: () => Promise<void>;
  readonly children?: ReactNode;
  readonly accessibleName?: string;
  /** Called when it begins to ask: what it says may have to be read again. */
  readonly onOpen?: () => void;
}

/** Shows a button for what cannot be undone: it asks first. */
export function ConfirmButton({ label, className = 'button', accessibleName, onOpen, ...dialog }: ConfirmButtonProps) {
  const [open, setOpen] = useState(false);
  const ask = () => {
    setOpen(true);
    onOpen?.();
  };
  return (
    <>
      <button type="button" className={className} aria-label={accessibleName} onClick={ask}>
        {label}
      </button>
      <ConfirmDialog open={open} close={() => setOpen(false)} {...dialog} />
    </>
  );
}
