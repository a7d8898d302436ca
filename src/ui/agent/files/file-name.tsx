import { UntrustedText } from '../../design/untrusted-text.tsx';
import { directionOf, nameParts } from './name-parts.ts';

/** Shows a file's name in one line: where it is too long its middle goes, and its ending stays to be seen. */
export function FileName({ name }: { readonly name: string }) {
  const { stem, ending } = nameParts(name);
  return (
    <bdi className="file-name" dir={directionOf(name)} title={name}>
      <span className="file-name-stem">
        <UntrustedText text={stem} />
      </span>
      <span className="file-name-ending">
        <UntrustedText text={ending} />
      </span>
    </bdi>
  );
}
