import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatSize } from '../design/format.ts';

/** Shows how much room there is, and whether the browser has promised not to clear it. */
export function StorageFacts() {
  const queries = useQueryClient();
  const [isRefused, setRefused] = useState(false);
  const { data } = useQuery({ queryKey: ['storage'], queryFn: storageFacts });
  const ask = async () => {
    setRefused(!((await browserStorage()?.persist()) ?? false));
    await queries.invalidateQueries({ queryKey: ['storage'] });
  };
  if (data === undefined) return null;
  if (data === 'unknown') {
    return (
      <p>
        This browser does not say how much room there is, and it may clear all of this, the keys too, when the disk runs
        full. An exported history is the safe copy.
      </p>
    );
  }
  const { used, quota, isPersistent } = data;
  return (
    <>
      <p className="history-room">
        <meter min={0} max={quota} value={used} high={quota * 0.9} aria-label="Room that is used" />
        <span>
          {formatSize(used)} used of {formatSize(quota)} that the browser gives this site
        </span>
      </p>
      {isPersistent ? (
        <p>
          <span className="history-good" aria-hidden="true">
            ✓
          </span>{' '}
          The browser keeps this until you delete it yourself.
        </p>
      ) : (
        <>
          <p>
            The browser may clear all of this, the keys too, when the disk runs full. It can promise not to.{' '}
            <button type="button" className="button" onClick={() => void ask()}>
              Ask it to keep everything
            </button>
          </p>
          <p role="status" className={isRefused ? 'history-refused' : undefined}>
            {isRefused &&
              'The browser did not promise it. Nothing is lost now. A browser promises it more often to a site that is bookmarked, installed or visited often. Until then, an exported history is the safe copy.'}
          </p>
        </>
      )}
    </>
  );
}

/**
 * Returns the browser's storage; undefined where it tells nothing: WebKitGTK, and a page that is not a secure
 * context.
 */
function browserStorage(): StorageManager | undefined {
  return 'storage' in navigator ? navigator.storage : undefined;
}

async function storageFacts() {
  const storage = browserStorage();
  if (storage === undefined) return 'unknown';
  const [{ usage = 0, quota = 0 }, isPersistent] = await Promise.all([storage.estimate(), storage.persisted()]);
  return { used: usage, quota, isPersistent };
}
