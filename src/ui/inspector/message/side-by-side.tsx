import { useState } from 'react';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { binaryEditing, jsonEditing } from './editing.ts';
import { useCanonical } from './signed-view.tsx';

const forms = ['JSON', 'Canonical bytes', 'Hex'] as const;
type Form = (typeof forms)[number];

interface SideBySideProps {
  readonly before: string;
  readonly after: string;
  readonly form?: 'binary' | undefined;
}

/** Shows two versions of a message beside each other, with the differences marked. */
export function SideBySide({ before, after, form }: SideBySideProps) {
  return form === 'binary' ? (
    <section aria-label="Both versions">
      <Versions texts={[binaryEditing.hex(before), binaryEditing.hex(after)]} />
    </section>
  ) : (
    <JsonSideBySide before={before} after={after} />
  );
}

function JsonSideBySide({ before, after }: Omit<SideBySideProps, 'form'>) {
  const [form, setForm] = useState<Form>('JSON');
  const [genuine, copy] = [useCanonical(before), useCanonical(after)];
  const texts: Readonly<Record<Form, readonly [string, string]>> = {
    JSON: [before, after],
    'Canonical bytes': [genuine.text ?? genuine.failure ?? '', copy.text ?? copy.failure ?? ''],
    Hex: [jsonEditing.hex(before), jsonEditing.hex(after)],
  };
  return (
    <section aria-label="Both versions">
      <fieldset className="message-tabs">
        <legend className="visually-hidden">Form of both versions</legend>
        {forms.map((name) => (
          <button key={name} type="button" aria-pressed={name === form} onClick={() => setForm(name)}>
            {name}
          </button>
        ))}
      </fieldset>
      <Versions texts={texts[form]} />
    </section>
  );
}

function Versions({ texts: [left, right] }: { readonly texts: readonly [string, string] }) {
  return (
    <div className="message-both">
      <Version words="As it arrived" text={left} other={right} />
      <Version words="The copy" text={right} other={left} />
    </div>
  );
}

interface VersionProps {
  readonly words: string;
  readonly text: string;
  readonly other: string;
}

/** Characters shown around what differs. */
const around = 160;

function Version({ words, text, other }: VersionProps) {
  let from = 0;
  while (from < text.length && text[from] === other[from]) from += 1;
  let fromEnd = 0;
  const most = Math.min(text.length, other.length) - from;
  while (fromEnd < most && text.at(-1 - fromEnd) === other.at(-1 - fromEnd)) fromEnd += 1;
  const to = text.length - fromEnd;
  return (
    <figure>
      <figcaption className="muted small">{words}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        {from > around ? '…' : ''}
        <UntrustedText text={text.slice(Math.max(0, from - around), from)} />
        <mark>
          <UntrustedText text={text.slice(from, to) || '∅'} />
        </mark>
        <UntrustedText text={text.slice(to, to + around)} />
        {to + around < text.length ? '…' : ''}
      </pre>
    </figure>
  );
}
