import { type ReactNode, useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { failureOf } from '../state/failure.ts';
import { FailureLine } from './failure-line.tsx';
import { Modal } from './modal.tsx';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly close: () => void;
  readonly heading: string;
  readonly description: string;
  /** The word on the button that does it. */
  readonly confirm: string;
  readonly action: () => Promise<void>;
  readonly children?: ReactNode;
}

/** Asks before what cannot be undone, says what will be gone, stays open until it is done, and with the reason when it fails. */
export function ConfirmDialog({ open, close, heading, description, confirm, action, children }: ConfirmDialogProps) {
  const [working, setWorking] = useState(false);
  const leave = () => {
    if (!working) close();
  };
  return (
    <Modal open={open} onOpenChange={leave} heading={heading} description={description}>
      {children}
      <Confirmation confirm={confirm} action={action} close={close} working={working} setWorking={setWorking} />
    </Modal>
  );
}

interface ConfirmationProps extends Pick<ConfirmDialogProps, 'confirm' | 'action' | 'close'> {
  readonly working: boolean;
  readonly setWorking: (working: boolean) => void;
}

/**
 * Shows the confirmation, in the page only while the dialog is open, so that an earlier failure is not shown when it
 * opens again.
 */
function Confirmation({ confirm, action, close, working, setWorking }: ConfirmationProps) {
  const [failure, setFailure] = useState<FailureView>();
  const run = async () => {
    setWorking(true);
    setFailure(undefined);
    try {
      await action();
      close();
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setWorking(false);
    }
  };
  return (
    <>
      {failure !== undefined && <FailureLine failure={failure} />}
      <div className="modal-actions">
        <button type="button" className="button" disabled={working} onClick={close}>
          Keep
        </button>
        <button type="button" className="button button-danger" disabled={working} onClick={() => void run()}>
          {confirm}
        </button>
      </div>
    </>
  );
}
