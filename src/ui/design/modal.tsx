import * as Dialog from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import './modal.css';

interface ModalProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly heading: string;
  /** One sentence under the heading. */
  readonly description: string;
  /** `wide` for what needs more than a column of text. */
  readonly size?: 'wide';
  readonly children: ReactNode;
}

/** A dialog over the page. Escape and a click beside it close it; the focus returns to where it was. */
export function Modal({ open, onOpenChange, heading, description, size, children }: ModalProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content className={size === 'wide' ? 'modal modal-wide' : 'modal'}>
          <Dialog.Title className="modal-heading">{heading}</Dialog.Title>
          <Dialog.Description className="muted">{description}</Dialog.Description>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
