import type { InspectorProps } from '../inspect/inspector-props.ts';

/** The key schedule of a session: what flows into HKDF, and every key that comes out of it. */
export function KeysView({ recording }: InspectorProps) {
  const seen = recording.ends[0]?.events.filter((event) => event.kind === 'fingerprint') ?? [];
  return (
    <ul className="mono">
      {seen.map(({ of, fingerprint }) => (
        <li key={of}>
          {of} {fingerprint}
        </li>
      ))}
    </ul>
  );
}
