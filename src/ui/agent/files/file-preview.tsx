import { useEffect, useRef, useState } from 'react';
import type { FileView } from '../../../agent/contracts/file-views.ts';
import type { FilesApi } from '../../../agent/contracts/files-api.ts';
import { formatCount } from '../../design/format.ts';
import { openPicture, type Picture } from './picture.ts';

interface FilePreviewProps {
  readonly file: FileView;
  readonly open: FilesApi['open'];
}

/**
 * Shows a received file small when its bytes are those of a raster image; nothing for any other. It is read once its row is in view.
 */
export function FilePreview({ file: { id, name }, open }: FilePreviewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [picture, setPicture] = useState<Picture>();
  useEffect(() => {
    if (place.current === null) return;
    let shown: Picture | undefined;
    let isWanted = true;
    const read = async () => {
      const read = openPicture(await open(id));
      shown = await read;
      if (isWanted) setPicture(shown);
      else forget(shown);
    };
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting !== true) return;
      observer.disconnect();
      // A picture is an extra: what keeps the file from being read is told when it is saved.
      read().catch(() => undefined);
    });
    observer.observe(place.current);
    return () => {
      isWanted = false;
      observer.disconnect();
      forget(shown);
    };
  }, [id, open]);
  return (
    <div ref={place} className="file-preview">
      {picture?.kind === 'picture' && (
        <img
          src={picture.url}
          alt={name}
          width={picture.width}
          height={picture.height}
          onLoad={() => URL.revokeObjectURL(picture.url)}
          onError={() => {
            forget(picture);
            setPicture(undefined);
          }}
        />
      )}
      {picture?.kind === 'too large' && (
        <p className="small muted">
          {formatCount(picture.pixels, 'pixel')} are too many to show here. Save it to look at it.
        </p>
      )}
    </div>
  );
}

function forget(picture: Picture | undefined): void {
  if (picture?.kind === 'picture') URL.revokeObjectURL(picture.url);
}
