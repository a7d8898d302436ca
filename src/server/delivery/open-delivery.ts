import { registryOf } from '../../controller/agent-registry.ts';
import type { EventHub } from '../../controller/events.ts';
import type { ControllerStore } from '../../controller/store.ts';
import { isUsableKeyPackage, keyPackageCheck } from '../../delivery/check-key-package.ts';
import { createDelivery, type DeliveryApp } from '../../delivery/delivery.ts';
import type { NoticeHub } from '../../delivery/notice-hub.ts';
import { NoticeStreams } from '../../delivery/notice-streams.ts';
import type { DeliveryStore } from '../../delivery/store.ts';
import { type NoticeReaders, tellNotices } from '../../delivery/tell-notices.ts';
import type { Observer } from '../telemetry/observer.ts';

/** Milliseconds between two looks after all groups, and before the first: a server that is started ever again looks after them too. */
const tendMs = 60 * 60_000;
const firstTendMs = 60_000;

/** What the delivery service of a server stands on. */
export interface DeliveryParts {
  readonly store: Pick<ControllerStore, 'agent' | 'certificate' | 'loadAuthority'>;
  readonly delivery: DeliveryStore;
  readonly notices: NoticeHub;
  readonly events: EventHub;
  /** Agents with a line here. */
  readonly lines: NoticeReaders;
  readonly names: () => readonly string[];
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** When it aborts, the streams of notices end. */
  readonly ended: AbortSignal;
  readonly observer: Pick<Observer, 'delivery' | 'failed'>;
}

/** A delivery service at work. */
export interface OpenDelivery {
  readonly app: DeliveryApp;
  stop(): void;
}

/** Opens the delivery service of a server: it tells agents what is new, and drops what was kept long enough, until `stop`. */
export function openDelivery(parts: DeliveryParts): OpenDelivery {
  const { delivery, notices, events, names, random, observer } = parts;
  const registry = registryOf(parts.store);
  const streams = new NoticeStreams(parts.ended);
  const app = createDelivery({
    store: delivery,
    registry,
    notices,
    streams,
    clock: () => Date.now(),
    random,
    names,
    checkKeyPackage: keyPackageCheck(registry),
    isUsable: isUsableKeyPackage,
    observe: observer.delivery,
  });
  const deps = {
    hub: notices,
    inboxNext: (agentId: string) => delivery.inboxNext(agentId),
    pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref()),
    failed: (error: unknown) => observer.failed('request_failed', error),
  };
  const tellers = [tellNotices(parts.lines, deps), tellNotices(streams, deps)];
  const unsubscribe = events.subscribe(({ type, agentId }) => {
    if (type === 'certificate_revoked') streams.end(agentId);
  });
  let isTending = false;
  const tend = async () => {
    if (isTending) return;
    isTending = true;
    await app.tend().catch((error: unknown) => observer.failed('request_failed', error));
    isTending = false;
  };
  const first = setTimeout(() => void tend(), firstTendMs).unref();
  const tending = setInterval(() => void tend(), tendMs).unref();
  return {
    app,
    stop: () => {
      clearTimeout(first);
      clearInterval(tending);
      unsubscribe();
      for (const teller of tellers) teller.stop();
    },
  };
}
