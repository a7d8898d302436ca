import * as Dialog from '@radix-ui/react-dialog';
import { type ReactNode, useRef } from 'react';
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

/** A dialog over the page. Escape and a click beside it close it; the focus returns to where it was, or to what was around that. */
export function Modal({ open, onOpenChange, heading, description, size, children }: ModalProps) {
  const before = useRef<readonly HTMLElement[]>([]);
  // By itself the dialog gives the focus back only to a trigger of its own, and nowhere when it has none.
  const giveBack = (event: Event) => {
    event.preventDefault();
    for (const element of before.current) {
      element.focus();
      if (document.activeElement === element) return;
    }
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content
          className={size === 'wide' ? 'modal modal-wide' : 'modal'}
          onOpenAutoFocus={() => {
            before.current = andAround(document.activeElement);
          }}
          onCloseAutoFocus={giveBack}
        >
          <Dialog.Title className="modal-heading">{heading}</Dialog.Title>
          <Dialog.Description className="muted">{description}</Dialog.Description>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** An element and everything that it is in, from the inside out. */
function andAround(element: Element | null): HTMLElement[] {
  const around: HTMLElement[] = [];
  for (let each = element; each !== null; each = each.parentElement) if (each instanceof HTMLElement) around.push(each);
  return around;
}
