import type { FilesApi } from '../../../../agent/contracts/files-api.ts';
import { ParleyError } from '../../../../protocol/errors.ts';
import { fileView } from './file-view.ts';

/** The files of an agent without an agent, for tests of what a page shows: it answers as the test says, and notes what it was asked. */
export class FakeFiles implements Omit<FilesApi, 'shown'> {
  /** The calls that were made, in their order; what only reads is not noted. */
  readonly made: string[] = [];
  readonly #answering: Partial<FilesApi>;

  constructor(answering: Partial<FilesApi> = {}) {
    this.#answering = answering;
  }

  list: FilesApi['list'] = async (about) => this.#answering.list?.(about) ?? { files: [] };
  offer: FilesApi['offer'] = (peerId, file) =>
    this.#note('offer', () => this.#answering.offer?.(peerId, file) ?? this.#view);
  accept: FilesApi['accept'] = (id) => this.#note('accept', () => this.#answering.accept?.(id) ?? this.#view);
  decline: FilesApi['decline'] = (id) => this.#note('decline', () => this.#answering.decline?.(id) ?? this.#view);
  pause: FilesApi['pause'] = (id) => this.#note('pause', () => this.#answering.pause?.(id) ?? this.#view);
  resume: FilesApi['resume'] = (id) => this.#note('resume', () => this.#answering.resume?.(id) ?? this.#view);
  cancel: FilesApi['cancel'] = (id) => this.#note('cancel', () => this.#answering.cancel?.(id) ?? this.#view);
  remove: FilesApi['remove'] = (id) => this.#note('remove', async () => this.#answering.remove?.(id));
  policy: FilesApi['policy'] = async (peerId) => this.#answering.policy?.(peerId) ?? { kind: 'ask' };
  setPolicy: FilesApi['setPolicy'] = (peerId, policy) =>
    this.#note('setPolicy', async () => this.#answering.setPolicy?.(peerId, policy));

  open: FilesApi['open'] = async (id) => {
    if (this.#answering.open === undefined) throw new ParleyError('unavailable', 'This test has no bytes of a file.');
    return this.#answering.open(id);
  };

  get #view() {
    return Promise.resolve(fileView());
  }

  #note<Result>(call: string, work: () => Promise<Result>): Promise<Result> {
    this.made.push(call);
    return work();
  }
}
