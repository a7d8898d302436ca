import { type Chosen, chosenOf } from './chosen-files.ts';

/**
 * Lets files be dropped and pasted on a part of the page, which has the attribute `data-holds-files` while some are held over it. A drop
 * beside it does nothing: the browser would open the file in place of the page. Returns how to stop.
 */
export function takeFilesOn(place: HTMLElement, take: (chosen: Chosen) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  place.addEventListener('dragover', (event) => hold(place, event), { signal });
  place.addEventListener(
    'dragleave',
    ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && place.contains(relatedTarget))) delete place.dataset.holdsFiles;
    },
    { signal },
  );
  place.addEventListener(
    'drop',
    (event) => {
      delete place.dataset.holdsFiles;
      if (!hasFiles(event.dataTransfer) || event.defaultPrevented) return;
      event.preventDefault();
      take(chosenOf(event.dataTransfer));
    },
    { signal },
  );
  place.addEventListener(
    'paste',
    (event) => {
      if (!hasFiles(event.clipboardData) || event.defaultPrevented) return;
      event.preventDefault();
      take(chosenOf(event.clipboardData));
    },
    { signal },
  );
  for (const type of ['dragover', 'drop'] as const) window.addEventListener(type, refuse, { signal });
  return () => {
    stop.abort();
    delete place.dataset.holdsFiles;
  };
}

function hold(place: HTMLElement, event: DragEvent): void {
  if (!hasFiles(event.dataTransfer) || event.defaultPrevented) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
  place.dataset.holdsFiles = '';
}

function refuse(event: DragEvent): void {
  if (!hasFiles(event.dataTransfer) || event.defaultPrevented) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}

function hasFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') === true;
}
