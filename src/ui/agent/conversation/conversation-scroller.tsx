import { Component, createRef, type ReactNode } from 'react';
import { type ExchangeView, exchangeKey } from '../../../agent/contracts/views.ts';
import { isTyping } from '../../design/is-typing.ts';
import { makeOneStop } from '../../design/one-stop.ts';

/** Pixels from the end within which a reader counts as being there. */
const nearEnd = 80;

interface ConversationScrollerProps {
  /** What is drawn, in order: each in an element of class `exchange`. */
  readonly exchanges: readonly ExchangeView[];
  /** Nothing is drawn: neither they nor anything else. */
  readonly isEmpty?: boolean;
  /** What the address leads to: brought into view, and to the keyboard, once it is there. A CSS selector. */
  readonly target?: string;
  /** The conversation goes on after the last of them. */
  readonly goesOn: boolean;
  readonly isBusy: boolean;
  readonly children: ReactNode;
}

/** What a reader had in view: that the end was, or else the rows from the first that was. */
interface View {
  readonly isAtEnd: boolean;
  /** Pixels that everything is high, and that can be seen at once. */
  readonly height: number;
  readonly room: number;
  readonly width: number;
  /** `top` in pixels from the upper edge of what can be seen. */
  readonly rows: readonly { readonly key: string; readonly top: number }[];
}

const nothing: View = { isAtEnd: true, height: 0, room: 0, width: 0, rows: [] };

/**
 * What scrolls a conversation. It stays at its end as exchanges are added, unless the reader has scrolled away from it; else what is
 * in view stays in its place, whatever comes and goes around it, and however the window changes. A class, because only that is asked
 * before the DOM changes.
 */
export class ConversationScroller extends Component<ConversationScrollerProps> {
  readonly #box = createRef<HTMLDivElement>();
  #shown: string | undefined;
  #manyStops: (() => void) | undefined;
  /** What was in view when it last scrolled or changed: nobody asks before the window changes. */
  #view: View = nothing;
  readonly #resized = new ResizeObserver(() => this.#hold(this.#view));

  override componentDidMount(): void {
    this.#settle(nothing);
    if (this.#box.current === null) return;
    this.#resized.observe(this.#box.current);
    // Images come late, and make room for themselves.
    this.#box.current.addEventListener('load', this.#grown, true);
    this.#manyStops = makeOneStop(this.#box.current, { rows: '.exchange, .file-row, .session-line', start: 'last' });
  }

  override componentWillUnmount(): void {
    this.#resized.disconnect();
    this.#box.current?.removeEventListener('load', this.#grown, true);
    this.#manyStops?.();
  }

  override getSnapshotBeforeUpdate(before: ConversationScrollerProps): View {
    return this.#isResized ? this.#view : this.#look(before);
  }

  override componentDidUpdate(_before: ConversationScrollerProps, _state: unknown, view: View): void {
    this.#settle(view);
  }

  #look({ exchanges, goesOn }: ConversationScrollerProps): View {
    const box = this.#box.current;
    if (box === null) return nothing;
    const { scrollHeight: height, clientHeight: room, clientWidth: width } = box;
    const isAtEnd = !goesOn && box.scrollTop + room >= height - nearEnd;
    if (isAtEnd) return { isAtEnd, height, room, width, rows: [] };
    const rows = placesOf(box, exchanges);
    const first = rows.findIndex(({ bottom }) => bottom > 0);
    return { isAtEnd, height, room, width, rows: first === -1 ? [] : rows.slice(first) };
  }

  #settle(view: View): void {
    const box = this.#box.current;
    const { exchanges, isEmpty = exchanges.length === 0, target } = this.props;
    if (box === null || isEmpty) return;
    if (this.#showTarget(box, target)) this.#remember();
    else this.#hold(view);
  }

  #remember(): void {
    this.#view = this.#look(this.props);
  }

  /** The window has changed, and what was in view before is still to be brought back. */
  get #isResized(): boolean {
    const box = this.#box.current;
    return box?.clientHeight !== this.#view.room || box.clientWidth !== this.#view.width;
  }

  readonly #scrolled = () => {
    if (!this.#isResized) this.#remember();
  };

  readonly #grown = () => this.#hold(this.#view);

  /** Brings back into its place what was in view. */
  #hold({ isAtEnd, height, room, rows }: View): void {
    const box = this.#box.current;
    if (box === null) return;
    if (isAtEnd) {
      // Whoever has just begun to scroll away is not taken back by what changes nothing here.
      if (box.scrollHeight !== height || box.clientHeight !== room) box.scrollTop = box.scrollHeight;
    } else {
      const tops = new Map(placesOf(box, this.props.exchanges).map(({ key, top }) => [key, top]));
      const anchor = rows.find(({ key }) => tops.has(key));
      if (anchor !== undefined) box.scrollTop += (tops.get(anchor.key) ?? anchor.top) - anchor.top;
    }
    this.#remember();
  }

  /** True when the target has just been brought into view. */
  #showTarget(box: HTMLElement, target: string | undefined): boolean {
    if (target === this.#shown) return false;
    const led = target === undefined ? undefined : box.querySelector(target);
    if (led === null) return false;
    this.#shown = target;
    if (!(led instanceof HTMLElement)) return false;
    led.scrollIntoView({ block: 'center' });
    // It may have been read late: whoever writes by then goes on.
    if (!isTyping(document.activeElement)) led.focus({ preventScroll: true });
    return true;
  }

  override render(): ReactNode {
    const { isBusy, children } = this.props;
    return (
      <div
        className="conversation"
        role="log"
        aria-label="Conversation"
        aria-busy={isBusy}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={this.#scrolled}
        ref={this.#box}
      >
        {children}
      </div>
    );
  }
}

/** Returns the positions of the rows of `exchanges`, in pixels from the upper edge of `box`. */
function placesOf(box: HTMLElement, exchanges: readonly ExchangeView[]) {
  const edge = box.getBoundingClientRect().top;
  const rows = box.querySelectorAll('.exchange');
  return exchanges.flatMap((exchange, i) => {
    const row = rows[i];
    if (row === undefined) return [];
    const { top, bottom } = row.getBoundingClientRect();
    return [{ key: exchangeKey(exchange), top: top - edge, bottom: bottom - edge }];
  });
}
