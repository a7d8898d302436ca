import { useEffect, useRef } from 'react';
import type { Bytes } from '../../../../protocol/bytes.ts';
import { useHosted } from '../../../state/hosted.ts';
import { rasterImage } from '../../files/raster-image.ts';

/** Pixels of an image that is decoded at most: 64 MiB of memory. */
const mostPixels = 16_777_216;
/** Pixels of the picture that is drawn, at most. */
const widest = 320;
const highest = 240;

interface ImagePreviewProps {
  readonly groupId: string;
  readonly messageId: string;
  readonly label: string;
}

/** Shows a raster image small and still; nothing for what is none, is too large, or is broken. */
export function ImagePreview({ groupId, messageId, label }: ImagePreviewProps) {
  const { engine } = useHosted();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isWanted = true;
    const draw = async () => {
      const picture = await smallPicture(await engine.groupAttachment(groupId, messageId));
      if (picture === undefined) return;
      if (isWanted && canvas.current !== null) {
        const { width, height } = picture;
        Object.assign(canvas.current, { width, height });
        canvas.current.getContext('2d')?.drawImage(picture, 0, 0);
        canvas.current.hidden = false;
        // What scrolls it keeps in view what was, as after an image has come.
        canvas.current.dispatchEvent(new Event('load'));
      }
      picture.close();
    };
    // A picture is an extra: what keeps the file from being read is told when it is saved.
    draw().catch(() => undefined);
    return () => {
      isWanted = false;
    };
  }, [engine, groupId, messageId]);
  return <canvas ref={canvas} className="attachment-picture" role="img" aria-label={label} hidden />;
}

/** Returns the image scaled down; undefined for what is none that is decoded here. */
async function smallPicture(bytes: Bytes): Promise<ImageBitmap | undefined> {
  const image = rasterImage(bytes);
  if (image === undefined || image.width === 0 || image.height === 0) return undefined;
  const { mediaType, width, height } = image;
  if (width * height > mostPixels) return undefined;
  const scale = Math.min(1, widest / width, highest / height);
  return createImageBitmap(new Blob([bytes], { type: mediaType }), {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: 'medium',
  });
}
