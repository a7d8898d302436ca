import { type ReactNode, useEffectEvent, useId, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
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

/**
 * Shows a dialog over the page. Escape and a click beside it close it; the focus returns to where it was, or to what
 * was around that.
 */
export function Modal({ open, ...rest }: ModalProps) {
  return open ? <OpenModal {...rest} /> : null;
}

/**
 * Shows the browser's own modal dialog: it keeps the focus and needs no inline style, which the content security
 * policy would refuse.
 */
function OpenModal({ onOpenChange, heading, description, size, children }: Omit<ModalProps, 'open'>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [headingId, descriptionId] = [useId(), useId()];
  const close = useEffectEvent(() => onOpenChange(false));

  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = andAround(document.activeElement);
    // Whether it closes is its owner's to say: it stays open while something is under way.
    const cancelled = (event: Event) => {
      event.preventDefault();
      close();
    };
    const pressed = (event: PointerEvent) => {
      if (event.target === element && isBeside(element, event)) close();
    };
    element.addEventListener('cancel', cancelled);
    // A browser may close it without asking.
    element.addEventListener('close', close);
    element.addEventListener('pointerdown', pressed);
    element.showModal();
    return () => {
      element.removeEventListener('cancel', cancelled);
      element.removeEventListener('close', close);
      element.removeEventListener('pointerdown', pressed);
      element.close();
      // What is removed together with it is gone by then.
      queueMicrotask(() => giveBack(before));
    };
  }, []);

  // At the end of the page, whatever it was opened from: nothing around it decides how it is drawn.
  return createPortal(
    <dialog
      ref={dialog}
      className={size === 'wide' ? 'modal modal-wide' : 'modal'}
      aria-labelledby={headingId}
      aria-describedby={descriptionId}
    >
      <h2 id={headingId} className="modal-heading">
        {heading}
      </h2>
      <p id={descriptionId} className="muted">
        {description}
      </p>
      {children}
    </dialog>,
    document.body,
  );
}

/**
 * True when the pointer is beside the dialog: the backdrop belongs to the element, so only the position tells them
 * apart.
 */
function isBeside(element: Element, { clientX, clientY }: PointerEvent): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

function giveBack(before: readonly HTMLElement[]): void {
  for (const element of before) {
    element.focus();
    if (document.activeElement === element) return;
  }
}

/**
 * Returns an element and everything that it is in, from the inside out. A menu closes when a dialog opens: after it comes
 * the button that opens the menu.
 */
function andAround(element: Element | null): HTMLElement[] {
  const around: HTMLElement[] = [];
  for (let each = element; each !== null; each = each.parentElement) {
    if (!(each instanceof HTMLElement)) continue;
    around.push(each);
    if (each.popover === null) continue;
    const opener = document.querySelector(`[popovertarget="${CSS.escape(each.id)}"]`);
    if (opener instanceof HTMLElement) around.push(opener);
  }
  return around;
}
