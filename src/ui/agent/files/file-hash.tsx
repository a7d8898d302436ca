import { useState } from 'react';
import { CopyButton } from '../../design/copy-button.tsx';

/** Characters of a hash that are shown at first. */
const shown = 10;

interface FileHashProps {
  /** Base64 (protocol page, section 4.3). */
  readonly hash: string;
  /** The receiver has computed it over what came, and it was equal. */
  readonly isEqual: boolean;
}

/** Shows a file's hash, short at first, and whether both sides have the same. */
export function FileHash({ hash, isEqual }: FileHashProps) {
  const [isLong, setLong] = useState(false);
  return (
    <span className="file-hash">
      {isEqual && <span className="file-hash-equal">✓ hash equal on both sides</span>}
      <button
        type="button"
        className="file-hash-more"
        aria-expanded={isLong}
        title="SHA-256 over the SHA-256 of each 1 MiB block, in base64"
        onClick={() => setLong(!isLong)}
      >
        <span className="visually-hidden">hash </span>
        <code>{isLong ? hash : `${hash.slice(0, shown)}…`}</code>
      </button>
      {isLong && <CopyButton text={() => hash} label="hash" />}
    </span>
  );
}
