import { headers as createHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import * as v from 'valibot';
import { LimitReached } from '../../../http/limit-reached.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { RelayedAnswer, RelayedRequest } from '../agent-router.ts';
import { passingHeaders } from '../passing-headers.ts';

/** Why a server of the group has no answer of the agent: it is not connected there, or has too much to do. */
const failures = v.picklist(['offline', 'rate_limited', 'message_too_large', 'peer_unreachable']);
const requestLine = v.object({
  method: v.picklist(['GET', 'POST']),
  path: v.pipe(v.string(), v.startsWith('/agents/'), v.maxLength(1_024)),
});
const statusLine = v.pipe(v.string(), v.regex(/^[2-5]\d\d$/), v.transform(Number));
const empty = new Uint8Array(0);

/** Encodes a request for NATS: its line and headers as NATS headers, its body as the payload. */
export function requestHeaders({ method, path, headers, body }: RelayedRequest): MsgHdrs {
  const carried = createHeaders();
  carried.set('Parley-Method', method);
  carried.set('Parley-Path', path);
  carried.set('Parley-Body', body === null ? 'none' : 'bytes');
  for (const [name, value] of headers) carried.append(name, value);
  return carried;
}

/** Reads a request from NATS headers and a payload. Throws `malformed_message` for anything else. */
export function readRequest(message: Msg): Omit<RelayedRequest, 'signal'> {
  const { headers } = message;
  const line = v.safeParse(requestLine, {
    method: headers?.get('Parley-Method'),
    path: headers?.get('Parley-Path'),
  });
  if (!line.success) throw new ParleyError('malformed_message', 'This is no request for an agent.');
  const hasBody = headers?.get('Parley-Body') === 'bytes';
  return { ...line.output, headers: plain(headers), body: hasBody ? copied(message.data) : null };
}

/** Encodes an agent's answer for NATS. */
export function answerHeaders({ status, headers }: RelayedAnswer): MsgHdrs {
  const carried = createHeaders();
  carried.set('Parley-Status', String(status));
  for (const [name, value] of headers) carried.append(name, value);
  return carried;
}

/** Encodes that there is no answer, and why. */
export function failureHeaders(code: v.InferOutput<typeof failures>): MsgHdrs {
  const carried = createHeaders();
  carried.set('Parley-Failure', code);
  return carried;
}

/** Reads an agent's answer; undefined when it is not connected there. Throws the failure that the headers name. */
export function readAnswer(message: Msg): RelayedAnswer | undefined {
  const { headers } = message;
  const status = v.safeParse(statusLine, headers?.get('Parley-Status'));
  if (status.success) return { status: status.output, headers: plain(headers), body: copied(message.data) };
  const failure = v.safeParse(failures, headers?.get('Parley-Failure'));
  if (failure.output === 'offline') return undefined;
  throw failureOf(failure.success ? failure.output : 'peer_unreachable');
}

/** Returns the error that a sender is told. */
export function failureOf(code: Exclude<v.InferOutput<typeof failures>, 'offline'>): ParleyError {
  switch (code) {
    case 'rate_limited':
      return new LimitReached(
        'agent_elsewhere',
        'The agent that was asked has as many requests as it can answer. Try again in a second.',
        {
          retryAfter: 1,
        },
      );
    case 'message_too_large':
      return new ParleyError(code, 'This is larger than NATS forwards here: raise max_payload of nats-server.');
    case 'peer_unreachable':
      return new ParleyError(code, 'The agent’s server did not answer. Trying again is safe.', { retryAfter: 1 });
  }
}

/** Returns the headers that a relay forwards, without those of this exchange. */
function plain(headers: MsgHdrs | undefined): [string, string][] {
  const all = (headers?.keys() ?? []).flatMap((name) =>
    (headers?.values(name) ?? []).map((value): [string, string] => [name, value]),
  );
  return passingHeaders(all);
}

/** Copies bytes, since NATS hands over a part of a larger buffer. */
function copied(data: Uint8Array): Bytes {
  return data.length === 0 ? empty : new Uint8Array(data);
}
