import { Suspense, useState } from 'react';
import type { Attempt } from '../../lab/run/scenario.ts';
import { lazyView } from '../frame/lazy-view.tsx';
import type { Looking } from '../inspector/inspector-props.ts';
import { LineDiagram } from './line-diagram.tsx';
import { VerdictPanel } from './verdict.tsx';

const HandshakeView = lazyView(async () => (await import('../inspector/handshake/handshake-view.tsx')).HandshakeView);
const KeysView = lazyView(async () => (await import('../inspector/keys/keys-view.tsx')).KeysView);
const TimingView = lazyView(async () => (await import('../inspector/timing/timing-view.tsx')).TimingView);

const views = ['Line', 'Handshake', 'Keys', 'Timing'] as const;
type View = (typeof views)[number];

/** Shows one attempt: its verdict, the traffic, and both agents' own record of it. */
export function AttemptView({ attempt }: { readonly attempt: Attempt }) {
  const [view, setView] = useState<View>('Line');
  const [looking, look] = useState<Looking>({});
  const { recording } = attempt;
  const inspected = recording === undefined ? undefined : { recording, looking, look };
  return (
    <section className="lab-attempt-view" aria-label={attempt.title}>
      <h2 className="lab-attempt-title">{attempt.title}</h2>
      <VerdictPanel verdict={attempt.verdict} />
      {inspected !== undefined && (
        <fieldset className="lab-views">
          <legend className="visually-hidden">Views of this attempt</legend>
          {views.map((name) => (
            <button
              key={name}
              type="button"
              className="lab-view-button"
              aria-pressed={name === view}
              onClick={() => {
                setView(name);
                look({});
              }}
            >
              {name === 'Line' ? 'On the line' : name}
            </button>
          ))}
        </fieldset>
      )}
      <Suspense fallback={<p className="muted">Loading</p>}>
        {attempt.isOnLog === true && (
          <p className="muted">
            This attempt was made on the group’s log at the delivery service, not on the line between two agents.
          </p>
        )}
        {attempt.isOnLog !== true && (view === 'Line' || inspected === undefined) && (
          <LineDiagram messages={attempt.messages} recording={recording} />
        )}
        {view === 'Handshake' && inspected !== undefined && <HandshakeView {...inspected} />}
        {view === 'Keys' && inspected !== undefined && <KeysView {...inspected} />}
        {view === 'Timing' && inspected !== undefined && <TimingView {...inspected} />}
      </Suspense>
    </section>
  );
}
