import { type DragEvent, useState } from 'react';

/** Returns what lets a file be dropped on an element, and whether one is held over it; nothing is taken while `take` is undefined. */
export function useFileDrop(take: ((file: File) => void) | undefined) {
  const [isOver, setOver] = useState(false);
  const isFile = ({ dataTransfer }: DragEvent) => take !== undefined && dataTransfer.types.includes('Files');
  return {
    isOver,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!isFile(event)) return;
        event.preventDefault();
        const [file] = event.dataTransfer.files;
        if (file !== undefined) take?.(file);
      },
    },
  };
}
