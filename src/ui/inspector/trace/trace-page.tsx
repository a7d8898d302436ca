import type { ChangeEvent } from 'react';
import { useLocation } from 'wouter';
import { visibleLine } from '../../../console/visible-text.ts';
import type { SavedRecording } from '../../../recording/trace-file.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatDateTime } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { NotFoundPage } from '../../frame/not-found-page.tsx';
import { PageHeader } from '../../frame/page-header.tsx';
import { HandshakeView } from '../handshake/handshake-view.tsx';
import type { InspectorProps, Looking } from '../inspector-props.ts';
import { KeysView } from '../keys/keys-view.tsx';
import { PointOfViewBar } from '../point-of-view.tsx';
import { TimingView } from '../timing/timing-view.tsx';
import { WireLogView } from '../wire/wire-log-view.tsx';
import { closeTraceFile, openTraceFile, useOpenTrace } from './open-trace.ts';
import { ShownSafely } from './shown-safely.tsx';
import { parseTracePlace, type TraceTab, traceAddress, traceTabs } from './trace-place.ts';
import './trace.css';
import { useFileDrop } from './use-file-drop.ts';

/** Opens a saved trace in the inspector, without any agent. `place` is what follows `/trace` in the address. */
export function TracePage({ place }: { readonly place: string }) {
  const { saved, name, failure, reading } = useOpenTrace();
  const dragging = useFileDrop(openDropped);
  const looking = parseTracePlace(place);
  if (looking === undefined) return <NotFoundPage />;
  return (
    <div className="trace-page" data-dragging={dragging}>
      <title>{saved === undefined ? 'Open a trace · Parley' : `${visibleLine(name)} · Parley`}</title>
      <PageHeader />
      <main id="main" className="trace">
        {failure !== undefined && <FailureLine failure={failure} />}
        {saved === undefined ? (
          <ChooseFile reading={reading} returning={place !== ''} />
        ) : (
          <OpenTrace saved={saved} name={name} looking={looking} />
        )}
      </main>
    </div>
  );
}

const openDropped = (file: File) => void openTraceFile(file);

function ChooseFile({ reading, returning }: { readonly reading: boolean; readonly returning: boolean }) {
  return (
    <section className="trace-choose">
      <h1>Open a saved trace</h1>
      <p>
        A trace is one session as its agents recorded it: every message as sent, every check, every time. It holds no
        keys and nothing decrypted, so it can be sent to others. Nothing of the file leaves this page.
      </p>
      {returning && (
        <p className="muted">The file of this address is not stored: open it again, and the same view appears.</p>
      )}
      <FilePicker label={reading ? 'Reading …' : 'Choose a trace file'} />
      <p className="muted">or drop one anywhere on this page. “Export trace” in a session writes one.</p>
    </section>
  );
}

function FilePicker({ label }: { readonly label: string }) {
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file !== undefined) void openTraceFile(file);
  };
  return (
    <label className="button trace-picker">
      {label}
      <input type="file" accept=".json,application/json" onChange={choose} />
    </label>
  );
}

interface OpenTraceProps {
  readonly saved: SavedRecording;
  readonly name: string;
  readonly looking: Looking & { readonly tab: TraceTab };
}

function OpenTrace({ saved, name, looking: { tab, ...looking } }: OpenTraceProps) {
  const [, navigate] = useLocation();
  const { recording, writtenAt } = saved;
  const { session, ends } = recording;
  const look: InspectorProps['look'] = (next, how) => navigate(traceAddress(tab, next), how);
  return (
    <>
      <header className="trace-head">
        <h1>
          <PartyMark agentId={session.client.agentId} /> {session.client.agentId} <span aria-hidden="true">→</span>
          <span className="visually-hidden"> to </span> <PartyMark agentId={session.server.agentId} />{' '}
          {session.server.agentId}
        </h1>
        <p className="muted">
          session <code>{session.sessionId.slice(0, 8)}</code>, {session.status}, recorded by{' '}
          {ends.length === 2 ? 'both sides' : `the ${ends[0]?.role}`}. From the file{' '}
          <strong>
            <UntrustedText text={name} />
          </strong>
          , written {formatDateTime(writtenAt)}: nothing here is live.
        </p>
        <div className="trace-acts">
          <FilePicker label="Open another" />
          <button type="button" className="button" onClick={closeTraceFile}>
            Close
          </button>
        </div>
      </header>
      <nav className="trace-tabs" aria-label="Views of the trace">
        {traceTabs.map(([each, word]) => (
          <button
            key={each}
            type="button"
            className="tab"
            aria-current={each === tab ? 'page' : undefined}
            onClick={() => navigate(traceAddress(each, looking.pov === undefined ? {} : { pov: looking.pov }))}
          >
            {word}
          </button>
        ))}
      </nav>
      <ShownSafely key={writtenAt}>
        {tab !== 'wire' && (
          <PointOfViewBar
            session={session}
            pov={looking.pov}
            choose={(pov) => {
              const { pov: _, ...rest } = looking;
              look({ ...rest, ...(pov === undefined ? {} : { pov }) });
            }}
          />
        )}
        <View tab={tab} saved={saved} looking={looking} look={look} />
      </ShownSafely>
    </>
  );
}

interface ViewProps {
  readonly tab: TraceTab;
  readonly saved: SavedRecording;
  readonly looking: Looking;
  readonly look: InspectorProps['look'];
}

function View({ tab, saved: { recording }, looking, look }: ViewProps) {
  const inspected = { recording, looking, look };
  switch (tab) {
    case 'handshake':
      return <HandshakeView {...inspected} />;
    case 'keys':
      return <KeysView {...inspected} />;
    case 'timing':
      return <TimingView {...inspected} />;
    case 'wire': {
      const recorder = recording.ends[0]?.role ?? 'client';
      return (
        <WireLogView
          entries={recording.wire}
          ownId={recording.session[recorder].agentId}
          selected={looking.open}
          onSelect={(open) => look(open === undefined ? {} : { open })}
        />
      );
    }
  }
}
