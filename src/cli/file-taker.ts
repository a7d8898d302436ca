import type { FileView } from '../agent/contracts/file-views.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { visibleLine } from '../console/visible-text.ts';
import type { OpenedAgent } from '../library/open-agent.ts';
import { asParleyError } from '../protocol/errors.ts';
import { sizeWords } from './file-words.ts';
import type { Screen } from './screen.ts';

/** Times the limit that one peer may have stored within a day, and that time in milliseconds. */
const ofOnePeer = { times: 10, ms: 86_400_000 } as const;

/** What `parley agent` does with the files that peers offer. */
export class FileTaker {
  readonly #limit: number | undefined;
  readonly #screen: Pick<Screen, 'tell'>;
  /** Offers that were decided on here. */
  readonly #decided = new Set<string>();

  /** `limit` is the size up to which files are accepted, in bytes; undefined for none. */
  constructor(limit: number | undefined, screen: Pick<Screen, 'tell'>) {
    this.#limit = limit;
    this.#screen = screen;
  }

  /** Decides on what waits for a decision since an earlier run. */
  begin({ agent }: OpenedAgent): void {
    for (const file of agent.files.shown()) this.#look(agent, file);
  }

  /** Decides on a file that is offered, and says when one has come. */
  hear(opened: OpenedAgent | undefined, event: AgentEvent): void {
    if (event.type !== 'file' || event.file.direction !== 'incoming') return;
    const { file } = event;
    if (opened !== undefined) this.#look(opened.agent, file);
    if (file.status === 'whole') this.#say('INFO', file, 'was stored');
    else if (file.status === 'failed')
      this.#say('WARN', file, `has failed: ${file.error?.detail ?? 'nobody knows why'}`);
  }

  #look(agent: OpenedAgent['agent'], file: FileView): void {
    if (file.direction !== 'incoming' || file.status !== 'offered' || this.#decided.has(file.id)) return;
    this.#decided.add(file.id);
    if (this.#limit === undefined) {
      this.#say('INFO', file, 'is offered. Start with --files FOLDER to accept files');
      return;
    }
    const fits = file.size <= this.#limit && takenOf(agent, file.peerId) + file.size <= ofOnePeer.times * this.#limit;
    if (!fits)
      this.#say('WARN', file, 'was declined: it is larger than --files-limit, or its sender has sent too much today');
    const work = fits ? agent.files.accept(file.id) : agent.files.decline(file.id);
    work.catch((cause: unknown) => this.#say('WARN', file, `was not accepted: ${asParleyError(cause).detail}`));
  }

  #say(level: 'INFO' | 'WARN', { name, size, peerId }: FileView, words: string): void {
    this.#screen.tell(level, `The file ${visibleLine(name)} of ${peerId} (${sizeWords(size)}) ${words}`);
  }
}

/** Returns how many bytes of a peer were accepted within a day. */
function takenOf({ files }: OpenedAgent['agent'], peerId: string): number {
  const since = Date.now() - ofOnePeer.ms;
  const isTaken = (file: FileView) =>
    file.direction === 'incoming' &&
    file.peerId === peerId &&
    file.at > since &&
    ['waiting', 'moving', 'paused', 'whole'].includes(file.status);
  return files
    .shown()
    .filter(isTaken)
    .reduce((sum, { size }) => sum + size, 0);
}
