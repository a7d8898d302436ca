import type { ErrorCode } from '../../protocol/errors.ts';

/** JSON as applications send it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A failure as a person is told it. */
export interface FailureView {
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string;
}

/**
 * What is known of a peer's signing key. `verified`: two people compared the safety number. `changed`: another key has been
 * seen since; nothing is sent until the person decides.
 */
export type Verification = 'unverified' | 'verified' | 'changed';
