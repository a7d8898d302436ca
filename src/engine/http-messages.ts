/** A request as it crosses the thread boundary, whole. */
export interface RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: ArrayBuffer | null;
}

/** A response as it crosses the thread boundary, whole. */
export interface ResponseMessage {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: ArrayBuffer;
}

/** Reads a request to its end. */
export async function toRequestMessage(request: Request): Promise<RequestMessage> {
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: request.body === null ? null : await request.arrayBuffer(),
  };
}

/** The request that `toRequestMessage` read. */
export function fromRequestMessage({ method, url, headers, body }: RequestMessage): Request {
  return new Request(url, { method, headers, body });
}

/** Reads a response to its end. */
export async function toResponseMessage(response: Response): Promise<ResponseMessage> {
  return { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
}

/** The response that `toResponseMessage` read. */
export function fromResponseMessage({ status, headers, body }: ResponseMessage): Response {
  const mayHaveBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(mayHaveBody ? body : null, { status, headers });
}
