import { saveFile } from '../../design/save-file.ts';

declare global {
  interface Window {
    /** The File System Access API, where the browser has it. */
    showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
  }
}

/** How a file was saved: where the person said, or where the browser puts what is downloaded. */
export type Saved = 'saved' | 'downloaded';

/**
 * Saves a file that a peer sent where the person says, written piece by piece; a browser that cannot ask downloads it. Returns undefined
 * when the person does not want to after all. Nothing of it is opened, and no place gets its announced type.
 */
export async function saveReceived(name: string, open: () => Promise<Blob>): Promise<Saved | undefined> {
  if (window.showSaveFilePicker === undefined) {
    saveFile(name, 'application/octet-stream', await open());
    return 'downloaded';
  }
  try {
    // First of all: the browser asks only right after the person has pressed something.
    const place = await window.showSaveFilePicker({ suggestedName: name });
    await (await open()).stream().pipeTo(await place.createWritable());
    return 'saved';
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return undefined;
    throw cause;
  }
}
