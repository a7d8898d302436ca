import type { Network } from '../../contracts/ports.ts';

/** The network of an agent whom the service, while `isOn`, does not count as a member of any group. */
export class Unlisting implements Network {
  isOn = false;
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  send(request: Request, deadlineMs?: number): Promise<Response> {
    const isOfGroups = new URL(request.url).pathname.startsWith('/delivery/groups/');
    return this.isOn && isOfGroups ? Promise.resolve(unknown()) : this.#network.send(request, deadlineMs);
  }
}

function unknown(): Response {
  const [code, title] = ['unknown_group', 'No such group'];
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title, status: 404, code, detail: title }, { status: 404, headers });
}
