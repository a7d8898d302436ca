import { PointOfViewBar } from '../../inspector/point-of-view.tsx';
import { ExportButton } from '../../inspector/trace/export-button.tsx';
import { type InspectedSession, useInspected } from './use-inspected.ts';

/** Chooses through whose eyes a session is looked at, and saves its trace. */
export function SessionBar(props: InspectedSession) {
  const { recording, looking, look } = useInspected(props);
  return (
    <PointOfViewBar
      session={recording.session}
      pov={looking.pov}
      choose={(next) => {
        const { pov: _, ...rest } = looking;
        look({ ...rest, ...(next === undefined ? {} : { pov: next }) });
      }}
    >
      <ExportButton recording={recording} />
    </PointOfViewBar>
  );
}
