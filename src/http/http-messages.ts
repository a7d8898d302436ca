import * as v from 'valibot';
import { isBuffer } from '../protocol/realm.ts';

const headers = v.array(v.strictTuple([v.string(), v.string()]));

/** A request that crosses a thread or a tab boundary, as it is found at the other side. */
export const requestMessage = v.object({
  method: v.string(),
  url: v.string(),
  headers,
  body: v.nullable(v.custom<ArrayBuffer>(isBuffer)),
});

/** A response that crosses a thread or a tab boundary, as it is found at the other side. */
export const responseMessage = v.object({
  status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers,
  body: v.custom<ArrayBuffer>(isBuffer),
});

/** A request, whole. */
export type RequestMessage = v.InferOutput<typeof requestMessage>;

/** A response, whole. */
export type ResponseMessage = v.InferOutput<typeof responseMessage>;

/** Returns the whole body of a request, null when it has no bytes. Firefox has no `Request.body` to ask. */
export async function wholeBody(request: Request): Promise<ArrayBuffer | null> {
  const body = await request.arrayBuffer();
  return body.byteLength === 0 ? null : body;
}

/** Reads a request to its end. */
export async function toRequestMessage(request: Request): Promise<RequestMessage> {
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: await wholeBody(request),
  };
}

/** Returns the request that `toRequestMessage` read. */
export function fromRequestMessage({ method, url, headers, body }: RequestMessage): Request {
  return new Request(url, { method, headers, body });
}

/** Reads a response to its end. */
export async function toResponseMessage(response: Response): Promise<ResponseMessage> {
  return { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
}

/** Returns the response that `toResponseMessage` read. */
export function fromResponseMessage({ status, headers, body }: ResponseMessage): Response {
  const mayHaveBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(mayHaveBody ? body : null, { status, headers });
}
