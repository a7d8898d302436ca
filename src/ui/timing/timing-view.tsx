import { formatDuration } from '../design/format.ts';
import type { InspectorProps } from '../inspect/inspector-props.ts';

/** Where the time of a handshake went. */
export function TimingView({ recording }: InspectorProps) {
  const steps = recording.ends[0]?.events.filter((event) => event.kind === 'operation') ?? [];
  return (
    <ol>
      {steps.map(({ operation, at, duration }) => (
        <li key={`${operation} ${at}`}>
          {operation} {formatDuration(duration)}
        </li>
      ))}
    </ol>
  );
}
