import type { SessionId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { bodyScan } from '../../protocol/wire/body-scan.ts';
import type { PrefixScan } from '../../protocol/wire/prefix-scan.ts';

/** Bytes of an envelope from which on its session is asked for: the agent's answer costs less than they do. */
const largeBytes = 256 * 1024;

/** Asks an agent whether it knows a session (protocol page, section 4: `GET /agent/session/<session_id>`). */
export type HasSession = (sessionId: SessionId) => Promise<boolean>;

/** Looks at a body that is posted to an agent while it comes, and finds what the agent would refuse without waiting for all of it. */
export class BodyCheck {
  readonly #scan: PrefixScan | undefined;
  readonly #hasSession: HasSession;
  #length = 0;
  #hasAsked = false;

  constructor(path: string, hasSession: HasSession) {
    this.#scan = bodyScan(path);
    this.#hasSession = hasSession;
  }

  /** Takes the next part. Returns `malformed_message` or, of a large body, `unknown_session` once it is certain; rejects as `hasSession` does. */
  async add(part: Uint8Array): Promise<ParleyError | undefined> {
    const scan = this.#scan;
    if (scan === undefined) return undefined;
    this.#length += part.length;
    try {
      scan.add(part);
    } catch (cause) {
      if (cause instanceof ParleyError) return cause;
      throw cause;
    }
    const { sessionId } = scan;
    if (this.#hasAsked || sessionId === undefined || this.#length < largeBytes) return undefined;
    this.#hasAsked = true;
    if (await this.#hasSession(sessionId)) return undefined;
    return new ParleyError('unknown_session', 'This agent has no such session.');
  }
}

/** Returns the path at which the agent that is at `path` with `/agent/message` tells of a session. */
export function sessionPath(path: string, sessionId: SessionId): string {
  return path.replace(/\/agent\/message$/, `/agent/session/${sessionId}`);
}
