import { ParleyError } from '../../../protocol/errors.ts';
import { ofGroup } from '../../contracts/group-exchange.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import type { Away } from '../../messages/away.ts';
import type { GroupTalk } from '../talk/talk.ts';
import type { DirectPort } from './ports.ts';

/** What messages for peers that are away are left with. */
export interface OfflineMessagesDeps {
  readonly port: DirectPort;
  readonly talk: Pick<GroupTalk, 'askIn' | 'stored'>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Leaves requests for peers that are away in direct groups: to each peer in the order in which they were made. */
export class OfflineMessages implements Away {
  readonly #deps: OfflineMessagesDeps;
  /** The last of each peer. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(deps: OfflineMessagesDeps) {
    this.#deps = deps;
  }

  leave(exchange: ExchangeView, until: number): Promise<ExchangeView> {
    const { peerId } = exchange;
    const left = (this.#last.get(peerId) ?? Promise.resolve()).then(() => this.#leave(exchange, until));
    const over = left.then(doNothing, doNothing).then(() => {
      if (this.#last.get(peerId) === over) this.#last.delete(peerId);
    });
    this.#last.set(peerId, over);
    return left;
  }

  async #leave(exchange: ExchangeView, until: number): Promise<ExchangeView> {
    const { method, parameters } = exchange;
    const groupId = await this.#groupWith(exchange.peerId);
    const expires = until - this.#deps.now();
    if (expires > 0) return this.#deps.talk.askIn(groupId, { method, parameters, expires, exchange });
    throw new ParleyError('timed_out', 'This request expired before it could be left for the peer. It was not left.');
  }

  /** Returns the direct group that messages for a peer go into (groups page, section 5): the lowest group_id that can be used, or a new one. */
  async #groupWith(peerId: string): Promise<string> {
    const { port } = this.#deps;
    const usable = port.directGroups(peerId).filter(({ isUsable }) => isUsable);
    const [lowest] = usable.map(({ groupId }) => groupId).sort();
    return lowest ?? port.createDirect(peerId);
  }

  stored(exchange: ExchangeView): Promise<ExchangeView> {
    const left = ofGroup(exchange);
    if (left === undefined) throw new ParleyError('internal_error', 'This request was not left for its peer.');
    return this.#deps.talk.stored(left);
  }
}

function doNothing(): void {}
