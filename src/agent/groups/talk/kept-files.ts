import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { talkParts } from './message-row.ts';
import type { OneTalk } from './one-talk.ts';
import type { TalkDeps } from './talk-deps.ts';

/** The attachments of groups, as long as their messages are kept. */
export class KeptFiles {
  readonly #deps: Pick<TalkDeps, 'port'>;
  readonly #talkOf: (groupId: string) => OneTalk;

  constructor(deps: Pick<TalkDeps, 'port'>, talkOf: (groupId: string) => OneTalk) {
    this.#deps = deps;
    this.#talkOf = talkOf;
  }

  /** Returns the bytes of a message's attachment; see `GroupsApi.attachment`. Of messages with one id the first in the log is meant. */
  async read(groupId: string, messageId: string): Promise<Bytes> {
    const one = this.#talkOf(groupId);
    const named = [...one.memory.named(messageId).map(({ requestId }) => requestId), one.sending.get(messageId)];
    for (const requestId of named) {
      if (requestId === undefined) continue;
      const isShown = (await one.find('incoming', requestId)) ?? (await one.find('outgoing', requestId));
      const bytes = isShown && (await this.#deps.port.row(groupId, `${talkParts.files}${requestId}`));
      if (bytes !== undefined) return bytes;
    }
    throw new ParleyError('invalid_input', 'This message has no attachment, or it is no longer stored.');
  }

  /** Deletes attachments whose messages are gone from the history. */
  async drop(groupId: string): Promise<void> {
    const { port } = this.#deps;
    const one = this.#talkOf(groupId);
    const gone: string[] = [];
    let fileBytes = 0;
    for await (const { part, bytes } of port.rows(groupId, talkParts.files)) {
      const requestId = part.slice(talkParts.files.length);
      const isShown = (await one.find('incoming', requestId)) ?? (await one.find('outgoing', requestId));
      if (isShown === undefined) gone.push(part);
      else fileBytes += bytes.length;
    }
    if (gone.length === 0) return;
    await port.keep(groupId, async () => {
      const step = one.stateStep((before) => ({ ...before, fileBytes }));
      return { ...step, drop: [...step.drop, ...gone] };
    });
  }
}
