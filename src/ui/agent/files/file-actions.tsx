import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { FileView } from '../../../agent/contracts/file-views.ts';
import { ConfirmButton } from '../../design/confirm-button.tsx';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatSize } from '../../design/format.ts';
import { useTask } from '../../state/use-task.ts';
import type { FileCalls } from './file-calls.ts';
import { isOver } from './file-words.ts';
import { type Saved, saveReceived } from './save-received.ts';

const savedWords: Readonly<Record<Saved, string>> = {
  saved: 'Saved.',
  downloaded: 'The browser saves it among its downloads.',
};

interface FileActionsProps {
  readonly file: FileView;
  readonly calls: FileCalls;
}

/** Shows what a person can do with a file as it stands. */
export function FileActions({ file, calls }: FileActionsProps) {
  const { id, name, status, direction, pausedBy } = file;
  const task = useTask();
  const [saved, setSaved] = useState<Saved>();
  const holder = useKeptFocus(status);
  const button = (word: string, work: () => Promise<unknown>, kind = '') => (
    <button
      key={word}
      type="button"
      className={`button ${kind}`}
      // Not `disabled`: it has the keyboard.
      aria-disabled={task.isAtWork}
      aria-label={`${word} ${name}`}
      onClick={() => {
        if (!task.isAtWork) void task.run(work);
      }}
    >
      {word}
    </button>
  );
  const save = async () => setSaved(await saveReceived(name, () => calls.open(id)));
  const isIncoming = direction === 'incoming';
  const isOffered = status === 'offered';
  const actions: readonly ReactNode[] = [
    isOffered && isIncoming && button('Accept', () => calls.accept(id), 'button-primary'),
    isOffered && isIncoming && button('Decline', () => calls.decline(id), 'button-danger'),
    (status === 'moving' || status === 'waiting') && button('Pause', () => calls.pause(id)),
    status === 'paused' && pausedBy !== 'there' && button('Resume', () => calls.resume(id), 'button-primary'),
    status === 'whole' && isIncoming && button('Save', save, 'button-primary'),
    !isOver(file) && !(isOffered && isIncoming) && (
      <CancelButton key="Cancel" file={file} cancel={() => calls.cancel(id)} button={button} />
    ),
    isOver(file) && <RemoveButton key="Remove" file={file} remove={() => calls.remove(id)} button={button} />,
  ];
  return (
    <div ref={holder} className="file-actions" tabIndex={-1}>
      {actions}
      <span className="file-saved muted" role="status">
        {saved !== undefined && !task.isAtWork && savedWords[saved]}
      </span>
      {task.failure !== undefined && <FailureLine failure={task.failure} />}
    </div>
  );
}

type MakeButton = (word: string, work: () => Promise<unknown>, kind?: string) => ReactNode;

interface CancelButtonProps {
  readonly file: FileView;
  readonly cancel: () => Promise<unknown>;
  readonly button: MakeButton;
}

/** Ends a file for both sides; asks first when bytes of it would be lost. */
function CancelButton({ file: { name, moved, peerId, direction }, cancel, button }: CancelButtonProps) {
  if (moved === 0) return button('Cancel', cancel, 'button-quiet');
  const where = direction === 'incoming' ? 'here' : `at ${peerId}`;
  return (
    <ConfirmButton
      label="Cancel"
      accessibleName={`Cancel ${name}`}
      className="button button-quiet"
      heading="Cancel this file?"
      description={`The ${formatSize(moved)} that have come are deleted ${where}. To send it later, it is offered again and starts from the beginning.`}
      confirm="Cancel the file"
      action={async () => void (await cancel())}
    />
  );
}

interface RemoveButtonProps {
  readonly file: FileView;
  readonly remove: () => Promise<unknown>;
  readonly button: MakeButton;
}

/** Takes a file that is over from the conversation; asks first when its bytes are here. */
function RemoveButton({ file: { name, status, direction }, remove, button }: RemoveButtonProps) {
  if (status !== 'whole' || direction !== 'incoming') return button('Remove', remove, 'button-quiet');
  return (
    <ConfirmButton
      label="Remove"
      accessibleName={`Remove ${name}`}
      className="button button-quiet"
      heading="Remove this file?"
      description="Its row and its bytes are deleted from this browser. What you have saved elsewhere stays."
      confirm="Remove it"
      action={async () => void (await remove())}
    />
  );
}

/** Keeps the keyboard in an element whose buttons come and go with `state`: where the one that had it is gone, the next one gets it. */
function useKeptFocus(state: string) {
  const holder = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the buttons change with it
  useLayoutEffect(() => {
    const { current } = holder;
    if (hadFocus.current && current !== null && document.activeElement === document.body) {
      (current.querySelector<HTMLElement>('button') ?? current).focus({ preventScroll: true });
    }
  }, [state]);
  useLayoutEffect(() => {
    const { current } = holder;
    const look = ({ target }: FocusEvent) => {
      hadFocus.current = target instanceof Node && current?.contains(target) === true;
    };
    document.addEventListener('focusin', look);
    return () => document.removeEventListener('focusin', look);
  }, []);
  return holder;
}
