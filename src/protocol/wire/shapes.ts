import { limits } from '../limits.ts';
import type { JsonShape } from './scan.ts';

/** The shapes of parley/1 (protocol page, section 1). */
export const shapes = {
  /** An envelope: its members and those of `encrypted_payload`. With names and values of so many, it holds no list of any length. */
  envelope: { depth: limits.envelopeDepth, members: limits.envelopeMembers, tokens: 33 },
  /** Every message of a handshake or a resumption. */
  handshake: {
    depth: limits.handshakeDepth,
    tokens: limits.handshakeTokens,
    free: { name: 'extensions', depth: limits.jsonDepth },
  },
  /** Everything else. */
  any: { depth: limits.jsonDepth },
} as const satisfies Record<string, JsonShape>;
