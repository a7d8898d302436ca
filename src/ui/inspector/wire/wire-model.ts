import type { WireView } from '../../../agent/contracts/views.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { envelopeTypes } from '../../../protocol/wire/envelope-form.ts';
import { bodyJson } from './body-json.ts';
import { envelopeBytes } from './envelope-parts.ts';
import type { MemberKind } from './member-kinds.ts';
import { type KeptBody, prettyJson, readWireBody, type WireBody } from './wire-body.ts';

/** One HTTP exchange with its bodies read. */
export interface WireRow {
  readonly entry: WireView;
  readonly request: WireBody;
  readonly response: WireBody;
  /** Who sent the request and who answered it; empty when nothing on the wire says so. */
  readonly from: string;
  readonly to: string;
}

const read = new WeakMap<WireView, WireRow>();

/** Returns the exchange as a row. Reading a body costs time, so it is done once for each entry. */
export function wireRow(entry: WireView, ownId: string): WireRow {
  const known = read.get(entry);
  if (known !== undefined) return known;
  const { requestBody, requestForm, requestSize, responseBody = '', responseForm, responseSize } = entry;
  const request = readWireBody(requestBody, { form: requestForm, size: requestSize });
  const response = readWireBody(responseBody, { form: responseForm, size: responseSize });
  const claimed = request.type === 'members' ? (request.senderId ?? '') : '';
  const peer = entry.peerId ?? (entry.direction === 'incoming' ? claimed : '');
  const [from, to] = entry.direction === 'outgoing' ? [ownId, peer] : [peer, ownId];
  const row = { entry, request, response, from, to };
  read.set(entry, row);
  return row;
}

/** What an observer could add up. */
export interface WireSummary {
  readonly exchanges: number;
  readonly bytes: number;
  /** Kinds of members seen, each once, without plain metadata, in the legend's order. */
  readonly kinds: readonly MemberKind[];
  /** Bodies that are no JSON object or were cut off. */
  readonly unread: number;
  /** Members that the protocol does not name. */
  readonly unknown: number;
}

const legendOrder: readonly MemberKind[] = [
  'certificate',
  'rsa_ciphertext',
  'key_share',
  'iv',
  'ciphertext',
  'tag',
  'signature',
];

/** Adds up exchanges, bytes and kinds of members. */
export function summarise(rows: readonly WireRow[]): WireSummary {
  const seen = new Set<MemberKind>();
  let bytes = 0;
  let unread = 0;
  let unknown = 0;
  for (const { entry, request, response } of rows) {
    bytes += entry.requestSize + (entry.responseSize ?? 0);
    for (const body of [request, response]) {
      if (body.type === 'text') unread += 1;
      if (body.type !== 'members') continue;
      for (const { value } of body.lines) {
        if (value === undefined) continue;
        seen.add(value.kind);
        if (value.kind === 'unknown') unknown += 1;
      }
    }
  }
  return { exchanges: rows.length, bytes, kinds: legendOrder.filter((kind) => seen.has(kind)), unread, unknown };
}

/** True when the URL, a body or a name of the exchange contains `text`, in any case. */
export function matches({ entry, from, to, request, response }: WireRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const places = [
    entry.url,
    searchedText(entry.requestBody, request),
    searchedText(entry.responseBody ?? '', response),
    from,
    to,
    bodyName(request),
    bodyName(response),
  ];
  return places.some((place) => place.toLowerCase().includes(wanted));
}

/** Returns what of a body is searched: its text, or of a binary envelope what can be read in it and the hex of the rest. */
function searchedText(kept: string, body: WireBody): string {
  if (body.type !== 'members' || body.binary === undefined) return kept;
  return body.lines.map(({ name, value }) => `${name} ${value?.text ?? ''}`).join('\n');
}

/** Returns the name of the message in a body, in words where it has none. */
export function bodyName(body: WireBody): string {
  if (body.type !== 'members') return body.type === 'empty' ? '' : 'text';
  if (body.problemCode !== undefined) return body.problemCode;
  return body.message === 'ENVELOPE' ? 'envelope' : body.message || 'JSON';
}

/** Returns the whole exchange as indented JSON, for the clipboard; bodies that are JSON stay JSON. */
export function exchangeAsJson({ entry, from, to }: WireRow): string {
  const { at, method, url, status, durationMs, requestSize, responseSize, failure } = entry;
  const { requestBody, requestForm, responseBody, responseForm } = entry;
  return prettyJson(
    JSON.stringify({
      at: new Date(at).toISOString(),
      from,
      to,
      method,
      url,
      status,
      duration_ms: durationMs,
      request_size: requestSize,
      response_size: responseSize,
      request: copied({ text: requestBody, form: requestForm, size: requestSize }),
      response: copied({ text: responseBody ?? '', form: responseForm, size: responseSize }),
      failure: failure?.code,
    }),
  );
}

/** Returns a body as JSON: its value, its text, or the parts of a binary envelope, each as base64. */
function copied({ text, form, size }: KeptBody): unknown {
  if (text === '') return undefined;
  if (form !== 'binary') {
    const value = bodyJson(text);
    return value === undefined ? text : value;
  }
  const { bytes, parts, header, missing } = envelopeBytes(text, size);
  const at = (path: string) => {
    const part = parts.find((each) => each.path === path);
    return part === undefined ? undefined : encodeBase64(bytes.subarray(part.value.from, part.value.to));
  };
  const type = { content_type: envelopeTypes.binary };
  if (parts.length === 0) return { ...type, bytes: text };
  return {
    ...type,
    header: bodyJson(header) ?? header,
    signature: at('signature'),
    iv: at('encrypted_payload.iv'),
    tag: at('encrypted_payload.tag'),
    ciphertext: at('encrypted_payload.ciphertext'),
    ...(missing === 0 ? {} : { ciphertext_bytes_not_kept: missing }),
  };
}
