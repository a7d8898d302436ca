import { formatCount } from '../../design/format.ts';

/** Files that are offered at once, at most. */
const mostAtOnce = 20;

/** What a person dropped, pasted or chose. */
export interface Chosen {
  readonly files: readonly File[];
  /** Names of folders among it. */
  readonly folders: readonly string[];
}

/** Returns what a drop or a paste holds. To be called while its event is handled: afterwards the browser has emptied it. */
export function chosenOf({ items, files }: DataTransfer): Chosen {
  const folders = [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    return entry?.isDirectory === true ? [entry.name] : [];
  });
  // A folder is among the files too, as one that cannot be read.
  return { files: folders.length > 0 ? [] : [...files], folders };
}

/** Returns why none of it can be offered; undefined when all of it can. */
export function problemOf({ files, folders }: Chosen): string | undefined {
  const [folder] = folders;
  if (folder !== undefined) {
    return `“${folder}” is a folder. Nothing was offered. Drop the files inside it, or an archive of it.`;
  }
  if (files.length > mostAtOnce) {
    return `${formatCount(files.length, 'file')} at once are too many. Nothing was offered. Choose at most ${mostAtOnce}.`;
  }
  return undefined;
}
