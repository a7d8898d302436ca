import { ParleyError } from '../protocol/errors.ts';
import { isNamed } from '../protocol/realm.ts';

/** Bytes to save, and what is said of them. */
interface Given {
  readonly mediaType: string;
  readonly name: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Asks the person where a file goes (File System Access, `showSaveFilePicker`). */
type Picker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;

/** Milliseconds for which a downloaded blob stays readable: the browser has begun to read it by then. */
const readMs = 60_000;

/**
 * Saves bytes where the person wants them: by the browser's dialog where it has one, else as a download. `name` proposes another name than
 * the peer has given. Rejects with `cancelled` when the person closes the dialog, with what `bytes` throws, and with `storage_failed`;
 * nothing is saved then.
 */
export async function saveFile({ bytes, ...about }: Given, name: string | undefined): Promise<void> {
  const suggestedName = proposedName(name ?? about.name);
  const handle = await pickedFile(suggestedName);
  if (handle === undefined) await download(bytes, suggestedName, about.mediaType);
  else await writeInto(handle, bytes);
}

/** Returns the file that the person has chosen; undefined where the browser has no such dialog or opens none now. */
async function pickedFile(suggestedName: string): Promise<FileSystemFileHandle | undefined> {
  const picker: unknown = Reflect.get(globalThis, 'showSaveFilePicker');
  if (!isPicker(picker)) return undefined;
  try {
    return await picker.call(globalThis, { suggestedName });
  } catch (cause) {
    if (isNamed(cause, 'AbortError')) throw new ParleyError('cancelled', 'The dialog was closed. Nothing was saved.');
    // Without a click of a moment ago there is no dialog (SecurityError), and some names are refused (TypeError).
    return undefined;
  }
}

function isPicker(value: unknown): value is Picker {
  return typeof value === 'function';
}

/** Writes beside the file: the browser puts it in its place when it is closed. */
async function writeInto(handle: FileSystemFileHandle, bytes: Given['bytes']): Promise<void> {
  const file = await handle.createWritable();
  try {
    for await (const part of bytes) await file.write(part);
    await file.close();
  } catch (error) {
    await file.abort().catch(() => undefined);
    throw error;
  }
}

async function download(bytes: Given['bytes'], name: string, type: string): Promise<void> {
  if (typeof document === 'undefined') {
    throw new ParleyError('storage_failed', 'A worker cannot save a file. Read its bytes, and save them in a page.');
  }
  let whole = new Blob([], { type });
  // A browser keeps a long blob on the disk, as it does not keep an array of its parts.
  for await (const part of bytes) whole = new Blob([whole, part], { type });
  const url = URL.createObjectURL(whole);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), readMs);
}

/** Returns a name that is a name: no path, no control or format character, not empty. */
function proposedName(name: string | undefined): string {
  const own = (name ?? '')
    .replace(/[\p{C}/\\:*?"<>|]/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(0, 120);
  return own === '' ? 'answer' : own;
}
