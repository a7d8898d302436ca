import { codecCodes } from './codes/codec-codes.ts';
import { cryptoCodes } from './codes/crypto-codes.ts';
import { framingCodes } from './codes/framing-codes.ts';
import { groupCodes } from './codes/group-codes.ts';
import { scheduleCodes } from './codes/schedule-codes.ts';
import { structureCodes } from './codes/structure-codes.ts';
import { treeCodes } from './codes/tree-codes.ts';

/** Every code, with the section whose rule it stands for. */
const mlsCodes = {
  ...codecCodes,
  ...structureCodes,
  ...cryptoCodes,
  ...scheduleCodes,
  ...treeCodes,
  ...framingCodes,
  ...groupCodes,
};

/** A stable code: one for each rule that a receiver checks. */
export type MlsErrorCode = keyof typeof mlsCodes;

/** The one error type that leaves this library. `detail` is a sentence without secrets. */
export class MlsError extends Error {
  readonly code: MlsErrorCode;
  /** The section whose rule was broken. */
  readonly section: string;
  readonly detail: string;

  constructor(code: MlsErrorCode, detail: string, options: { readonly cause?: unknown } = {}) {
    super(`${code}: ${detail}`, options);
    this.name = 'MlsError';
    this.code = code;
    this.section = mlsCodes[code];
    this.detail = detail;
  }
}
