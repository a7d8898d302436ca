import type { FilesApi } from '../../../agent/contracts/files-api.ts';
import type { Engine } from '../../../engine/api.ts';

/** What the screens ask of an agent's files. */
export type FileCalls = Omit<FilesApi, 'shown'>;

const made = new WeakMap<Engine, FileCalls>();

/** Returns the file operations of an agent by their short names: the same object each time, so that what is drawn with it stays. */
export function fileCalls(engine: Engine): FileCalls {
  const before = made.get(engine);
  if (before !== undefined) return before;
  const calls: FileCalls = {
    list: (about) => engine.files(about),
    offer: (peerId, file) => engine.offerFile(peerId, file),
    accept: (id) => engine.acceptFile(id),
    decline: (id) => engine.declineFile(id),
    pause: (id) => engine.pauseFile(id),
    resume: (id) => engine.resumeFile(id),
    cancel: (id) => engine.cancelFile(id),
    remove: (id) => engine.removeFile(id),
    open: (id) => engine.openFile(id),
    policy: (peerId) => engine.filePolicy(peerId),
    setPolicy: (peerId, policy) => engine.setFilePolicy(peerId, policy),
  };
  made.set(engine, calls);
  return calls;
}
