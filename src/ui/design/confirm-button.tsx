import { type ReactNode, useState } from 'react';
import type { FailureView } from '../../agent/views.ts';
import { failureOf } from '../state/failure.ts';
import { FailureLine } from './failure-line.tsx';
import { Modal } from './modal.tsx';

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
}

/** A button for what cannot be undone: it asks first, says what will be gone, and stays open with the reason when it fails. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, className = 'button', heading, description, confirm, action, children, accessibleName } = props;
  const [open, setOpen] = useState(false);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<FailureView>();
  const change = (next: boolean) => {
    setOpen(next);
    setFailure(undefined);
  };
  const run = async () => {
    setWorking(true);
    setFailure(undefined);
    try {
      await action();
      setOpen(false);
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setWorking(false);
    }
  };
  return (
    <>
      <button type="button" className={className} aria-label={accessibleName} onClick={() => change(true)}>
        {label}
      </button>
      <Modal open={open} onOpenChange={change} heading={heading} description={description}>
        {children}
        {failure !== undefined && <FailureLine failure={failure} />}
        <div className="modal-actions">
          <button type="button" className="button" onClick={() => change(false)}>
            Keep
          </button>
          <button type="button" className="button button-danger" disabled={working} onClick={() => void run()}>
            {confirm}
          </button>
        </div>
      </Modal>
    </>
  );
}
