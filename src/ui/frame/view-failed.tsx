import { useEffect, useState } from 'react';
import { asParleyError } from '../../protocol/errors.ts';
import { type ServedVersion, servedVersion } from './served-version.ts';
import './view-failed.css';

interface ViewFailedProps {
  readonly cause: unknown;
  readonly retry: () => void;
}

/** Says why a view is not there, that nothing else was affected, and what to do. */
export function ViewFailed({ cause, retry }: ViewFailedProps) {
  const { code } = asParleyError(cause);
  return code === 'part_unavailable' ? <NotLoaded retry={retry} /> : <NotDrawn retry={retry} />;
}

function NotLoaded({ retry }: Pick<ViewFailedProps, 'retry'>) {
  const [version, setVersion] = useState<ServedVersion>();
  useEffect(() => {
    let isGone = false;
    void servedVersion().then((found) => {
      if (!isGone) setVersion(found);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return (
    <div className="view-failed" role="alert">
      <p>
        <strong>{version === 'other' ? 'Parley was updated.' : 'This part could not be loaded.'}</strong>{' '}
        {version === undefined ? 'Nothing was lost, and everything else keeps working.' : advice[version]}
      </p>
      <p className="view-failed-actions">
        {version !== 'other' && (
          <button type="button" className="button button-primary" onClick={retry}>
            Try again
          </button>
        )}
        {(version === 'other' || version === 'same') && <Reload isFirst={version === 'other'} />}
      </p>
    </div>
  );
}

const advice: Readonly<Record<ServedVersion, string>> = {
  unreachable:
    'The server does not answer. Nothing was lost and everything else keeps working: try again when it can be reached.',
  other:
    'This page still runs the earlier version. Nothing was lost. Reload to continue: open sessions are resumed automatically.',
  same: 'The server can be reached. Nothing was lost and everything else keeps working: try again, or reload the page if that does not help.',
};

function NotDrawn({ retry }: Pick<ViewFailedProps, 'retry'>) {
  return (
    <div className="view-failed" role="alert">
      <p>
        <strong>This part could not be drawn.</strong> An unexpected error stopped it. Nothing was lost and everything
        else keeps working: try again, or reload the page if that does not help.
      </p>
      <p className="view-failed-actions">
        <button type="button" className="button button-primary" onClick={retry}>
          Try again
        </button>
        <Reload isFirst={false} />
      </p>
    </div>
  );
}

function Reload({ isFirst }: { readonly isFirst: boolean }) {
  return (
    <button type="button" className={isFirst ? 'button button-primary' : 'button'} onClick={() => location.reload()}>
      Reload the page
    </button>
  );
}
