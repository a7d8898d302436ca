import { useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { FilesApi } from '../../../agent/contracts/files-api.ts';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatCount } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { failureOf } from '../../state/failure.ts';
import { type Chosen, problemOf } from './chosen-files.ts';
import './file-box.css';
import { takeFilesOn } from './taken-files.ts';

interface FileBoxProps {
  readonly peerId: string;
  readonly offer: FilesApi['offer'];
  /** Files are about to be offered. */
  readonly offering: () => void;
}

/** A file that could not be offered, and why. */
interface Refused {
  readonly name: string;
  readonly failure: FailureView;
}

/**
 * Offers files to a peer: those that are chosen with its button, dropped on the conversation around it, or pasted there. Nothing is
 * offered of a folder, or of too many at once.
 */
export function FileBox({ peerId, offer, offering }: FileBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [waiting, setWaiting] = useState(0);
  const [problem, setProblem] = useState<string>();
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const offerAll = async (files: readonly File[]) => {
    setWaiting((count) => count + files.length);
    for (const file of files) {
      try {
        // One after the other, so that they stand in the conversation in the order in which they were chosen.
        await offer(peerId, { name: file.name, mediaType: file.type || 'application/octet-stream', blob: file });
      } catch (cause) {
        const failure = failureOf(cause);
        setRefused((before) => [...before, { name: file.name, failure }]);
      }
      setWaiting((count) => count - 1);
    }
  };
  const take = (chosen: Chosen) => {
    const found = problemOf(chosen);
    setProblem(found);
    setRefused([]);
    if (found !== undefined || chosen.files.length === 0) return;
    offering();
    void offerAll(chosen.files);
  };
  const taken = useEffectEvent(take);
  useLayoutEffect(() => {
    const place = box.current?.closest<HTMLElement>('.talk-view');
    return place === null || place === undefined ? undefined : takeFilesOn(place, (chosen) => taken(chosen));
  }, []);
  return (
    <div ref={box} className="file-box">
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={`Files for ${peerId}`}
        onChange={({ target }) => {
          take({ files: [...(target.files ?? [])], folders: [] });
          // The same files can be chosen again.
          target.value = '';
        }}
      />
      <button
        type="button"
        className="button button-quiet"
        title="Or drop files on the conversation"
        onClick={() => input.current?.click()}
      >
        Send files
      </button>
      <span className="muted" role="status">
        {waiting > 0 && `Offering ${formatCount(waiting, 'file')}`}
      </span>
      {problem !== undefined && (
        <p className="file-box-problem field-error" role="alert">
          <UntrustedText text={problem} />
        </p>
      )}
      {refused.map(({ name, failure }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have one name, and none is moved
        <div key={at} className="file-box-problem">
          <p className="small">
            “<UntrustedText text={name} />” was not offered.
          </p>
          <FailureLine failure={failure} />
        </div>
      ))}
    </div>
  );
}
