import { HttpResponse, http, passthrough } from 'msw';
import { reachAddress } from '../network/bridge/reach.ts';
import { askController } from './controller-host.ts';

/** What this page asks of agents, of the Controller and of the delivery service. An agent whose address no tab owns is left to the real network. */
export const handlers = [
  ...['*/agent/handshake', '*/agent/message', '*/agent/session/:id'].map((path) =>
    http.all(path, async ({ request }) => orNetworkError(async () => (await reachAddress(request)) ?? passthrough())),
  ),
  ...['controller', 'delivery'].map((app) =>
    http.all(`${location.origin}/${app}/*`, ({ request }) => orNetworkError(() => askController(request))),
  ),
];

/**
 * Returns the answer, or a network error when it throws: a thrown error would be shown as a server's answer, with its
 * text.
 */
async function orNetworkError(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch {
    return HttpResponse.error();
  }
}
