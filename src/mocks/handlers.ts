import { HttpResponse, http, passthrough } from 'msw';
import { reachAddress } from '../network/bridge/reach.ts';
import { askController } from './controller-host.ts';

/** What this page asks of agents and of the Controller. An agent whose address no tab owns is left to the real network. */
export const handlers = [
  ...['*/agent/handshake', '*/agent/message', '*/agent/session/:id'].map((path) =>
    http.all(path, async ({ request }) => orNetworkError(async () => (await reachAddress(request)) ?? passthrough())),
  ),
  http.all(`${location.origin}/controller/*`, ({ request }) => orNetworkError(() => askController(request))),
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
