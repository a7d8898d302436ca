import * as Comlink from 'comlink';
import { registryOf } from '../controller/agent-registry.ts';
import { createController, type FetchApp } from '../controller/controller.ts';
import { isUsableKeyPackage, keyPackageCheck } from '../delivery/check-key-package.ts';
import { createDelivery } from '../delivery/delivery.ts';
import {
  fromRequestMessage,
  type RequestMessage,
  type ResponseMessage,
  toResponseMessage,
} from '../http/http-messages.ts';
import { noticeTeller } from '../network/bridge/notices.ts';
import { isAddressOnline } from '../network/bridge/presence.ts';
import { toldToOthers, toProblem } from '../protocol/errors.ts';
import { openControllerStore } from '../storage/indexeddb/controller-store.ts';
import { openDeliveryStore } from '../storage/indexeddb/delivery/delivery-store.ts';

/** The worker's one entry: a request in, its answer out. */
export interface ControllerWorker {
  fetch(message: RequestMessage): Promise<ResponseMessage>;
}

/** The Controller and the delivery service beside it. */
interface Apps {
  readonly controller: FetchApp;
  readonly delivery: FetchApp;
}

let apps: Promise<Apps> | undefined;

async function openApps(): Promise<Apps> {
  const store = await openControllerStore();
  const registry = registryOf(store);
  const clock = () => Date.now();
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const controller = createController({
    store,
    clock,
    random,
    baseUrl: location.origin,
    presence: ({ address }) => isAddressOnline(address),
  });
  const tell = noticeTeller();
  const delivery = createDelivery({
    store: await openDeliveryStore(),
    registry,
    notices: { changed: (agentId, news) => tell({ agentId, ...news }) },
    clock,
    random,
    names: () => [location.origin],
    checkKeyPackage: keyPackageCheck(registry),
    isUsable: isUsableKeyPackage,
  });
  return { controller, delivery };
}

async function answer(request: Request): Promise<Response> {
  apps ??= openApps();
  try {
    const { controller, delivery } = await apps;
    return await (new URL(request.url).pathname.startsWith('/delivery/') ? delivery : controller).fetch(request);
  } catch (cause) {
    // A storage that did not open once may open the next time.
    apps = undefined;
    const problem = toProblem(toldToOthers(cause));
    return Response.json(problem, { status: problem.status, headers: { 'content-type': 'application/problem+json' } });
  }
}

const entry: ControllerWorker = {
  fetch: async (message) => toResponseMessage(await answer(fromRequestMessage(message))),
};

Comlink.expose(entry);
