import type { CertificateFacts } from '../../pki/certificate-facts.ts';
import type { MessageName, TraceEvent } from '../../protocol/trace/events.ts';

export type { CertificateFacts };

/** A copy of a received message, and what its receiver knew when the genuine one arrived. Bodies are as they travelled. */
export interface ReviewInput {
  readonly message: MessageName;
  /** Text, or base64 of what `form` says is bytes. */
  readonly copy: string;
  readonly genuine: string;
  readonly form?: 'binary';
  /** True when the end of the genuine message was not kept: what covers all of it cannot be checked. */
  readonly isCut?: boolean;
  readonly clientHello?: string;
  readonly serverHello?: string;
  readonly resumeHello?: string;
  readonly resumeAccept?: string;
  /** The sender's session signing key in the session that was resumed, base64 of 32 bytes, where it is known. */
  readonly formerSigningKey?: string;
  /** When the genuine message arrived, milliseconds since 1970. */
  readonly at: number;
  /** Base64 DER. */
  readonly caCertificate?: string;
}

/** What a review found: the checks that ran, the last of them failed or none. */
export interface Review {
  readonly events: readonly TraceEvent[];
  /** What could not be checked here and why; empty when nothing was left out. */
  readonly leftOut: string;
}

/** Reads and checks messages without any agent; it runs in a worker of its own. Every call rejects with a `ParleyError`. */
export interface Inspector {
  /** `JCS(body)`; `malformed_message` for what is no JSON object. */
  canonical(body: string): Promise<string>;
  /** Returns the facts of a base64 DER certificate. Rejects with `certificate_untrusted` for anything else. */
  certificate(base64: string): Promise<CertificateFacts>;
  review(input: ReviewInput): Promise<Review>;
}
