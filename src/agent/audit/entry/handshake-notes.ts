import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';
import type { MessageName, TraceEvent } from '../../../protocol/trace/events.ts';
import { cutText } from '../../../protocol/wire/cut.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { parseHandshakeObject } from '../../../protocol/wire/parse.ts';
import type { EntryOf } from './entries.ts';

/**
 * The messages and checks of one handshake or resumption, as its trace tells them. They belong to the attempt, not to its session id:
 * that is visible on the wire, and anybody can post another hello that claims it.
 */
export class HandshakeNotes {
  readonly #messages = new Map<MessageName, JsonObject>();
  readonly #passed: Record<string, string[]> = {};
  #failed: EntryOf<'refusal'>['failed'];

  /** Notes a trace event of the attempt. */
  note(event: TraceEvent): void {
    if (event.kind === 'message') this.#noteMessage(event.message, event.body);
    if (event.kind !== 'check') return;
    const { of, check } = event;
    if (event.outcome === 'failed') this.#failed = { of, check, code: event.code, detail: cutText(event.detail, 600) };
    else this.#passed[of] = [...(this.#passed[of] ?? []), check];
  }

  #noteMessage(name: MessageName, body: string): void {
    try {
      this.#messages.set(name, parseHandshakeObject(encodeUtf8(body)));
    } catch {
      // A body that is no message fails its first check: that is noted instead.
    }
  }

  message(name: MessageName): JsonObject | undefined {
    return this.#messages.get(name);
  }

  /** Returns the checks that passed, by message, and the one that did not. */
  get checks(): Pick<EntryOf<'refusal'>, 'passed' | 'failed'> {
    return { passed: this.#passed, failed: this.#failed };
  }
}
