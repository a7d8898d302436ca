import * as Comlink from 'comlink';
import { createController, type FetchApp } from '../controller/controller.ts';
import {
  fromRequestMessage,
  type RequestMessage,
  type ResponseMessage,
  toResponseMessage,
} from '../http/http-messages.ts';
import { isAddressOnline } from '../network/bridge/presence.ts';
import { toldToOthers, toProblem } from '../protocol/errors.ts';
import { openControllerStore } from '../storage/indexeddb/controller-store.ts';

/** The worker's one entry: a request in, its answer out. */
export interface ControllerWorker {
  fetch(message: RequestMessage): Promise<ResponseMessage>;
}

let controller: Promise<FetchApp> | undefined;

async function openController(): Promise<FetchApp> {
  return createController({
    store: await openControllerStore(),
    clock: () => Date.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    baseUrl: location.origin,
    presence: ({ address }) => isAddressOnline(address),
  });
}

async function answer(request: Request): Promise<Response> {
  controller ??= openController();
  try {
    return await (await controller).fetch(request);
  } catch (cause) {
    // A storage that did not open once may open the next time.
    controller = undefined;
    const problem = toProblem(toldToOthers(cause));
    return Response.json(problem, { status: problem.status, headers: { 'content-type': 'application/problem+json' } });
  }
}

const entry: ControllerWorker = {
  fetch: async (message) => toResponseMessage(await answer(fromRequestMessage(message))),
};

Comlink.expose(entry);
