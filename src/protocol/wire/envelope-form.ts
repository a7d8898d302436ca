import type { Bytes } from '../bytes.ts';

/** How an envelope is written: as JSON (protocol page, section 4), or as bytes (protocol page, section 4.1). */
export type EnvelopeForm = 'json' | 'binary';

/** The body of a message, and how it is written. */
export interface MessageBody {
  readonly form: EnvelopeForm;
  readonly bytes: Bytes;
}

/** The media type of each form. */
export const envelopeTypes = {
  json: 'application/json',
  binary: 'application/vnd.parley.envelope',
} as const satisfies Record<EnvelopeForm, string>;

/**
 * Returns the form that a `content-type` selects, compared without case and parameters: every type but that of binary envelopes, and
 * none, selects JSON (protocol page, sections 1 and 4.1).
 */
export function formOfType(contentType: string | null): EnvelopeForm {
  const [type = ''] = (contentType ?? '').split(';');
  return type.trim().toLowerCase() === envelopeTypes.binary ? 'binary' : 'json';
}
