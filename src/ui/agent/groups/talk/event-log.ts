import { createStore, type StoreApi } from 'zustand';
import type { GroupEventView } from '../../../../agent/contracts/group-views.ts';
import type { FailureView } from '../../../../agent/contracts/views.ts';
import { failureOf } from '../../../state/failure.ts';

/** Reads what happened in a group, the newest last: up to `count` before an index. */
type LoadEvents = (before: number | undefined, count: number) => Promise<readonly GroupEventView[]>;

/** What was read so far, in order, without gaps up to the newest. */
interface EventLogState {
  readonly events: readonly GroupEventView[];
  readonly hasOlder: boolean;
  readonly failure?: FailureView;
}

/** Events read at a time. */
const pageSize = 50;
/** Events that are held while new ones come; what had to go is read again where it is needed. */
const mostHeld = 1_000;

/** Holds what happened in a group: read piece by piece from its end, and added to as more happens. */
export class EventLog {
  readonly store: StoreApi<EventLogState> = createStore<EventLogState>(() => ({ events: [], hasOlder: true }));
  readonly #load: LoadEvents;
  #reading: Promise<void> = Promise.resolve();

  constructor(load: LoadEvents) {
    this.#load = load;
  }

  /** Reads until the event before `index` is there, or all of them when it is absent. Never rejects. */
  reach(index: number | undefined): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readTo(index ?? Number.NEGATIVE_INFINITY));
    return this.#reading;
  }

  /** Adds what has just happened. */
  add(event: GroupEventView): void {
    this.store.setState(({ events, hasOlder }) => {
      const all = inOrder([...events, event]);
      return { events: all.slice(-mostHeld), hasOlder: hasOlder || all.length > mostHeld };
    });
  }

  async #readTo(index: number): Promise<void> {
    try {
      for (;;) {
        const { events, hasOlder } = this.store.getState();
        const [first] = events;
        if (!hasOlder || events.length >= mostHeld || (first !== undefined && first.index < index)) return;
        const older = await this.#load(first?.index, pageSize);
        this.store.setState(
          (now) => ({ events: inOrder([...older, ...now.events]), hasOlder: older.length >= pageSize }),
          true,
        );
      }
    } catch (cause) {
      this.store.setState({ failure: failureOf(cause) });
    }
  }
}

/** Returns events by index, each once: one entry may have done several things. */
function inOrder(events: readonly GroupEventView[]): readonly GroupEventView[] {
  const each = new Map(events.map((event) => [`${event.index} ${JSON.stringify(event.what)}`, event]));
  return [...each.values()].sort((a, b) => a.index - b.index);
}
