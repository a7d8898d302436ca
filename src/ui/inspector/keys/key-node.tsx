import type { Recording } from '../../../recording/recording.ts';
import type { PointOfView } from '../../routing/agent-place.ts';
import type { Tone } from './edges.tsx';
import { compared, type Seen } from './fingerprints.ts';
import { named, visibleTo } from './names.ts';
import type { ScheduleNode, Spot } from './schedule-model.ts';

interface KeyNodeProps {
  readonly node: ScheduleNode;
  readonly wide: Spot | undefined;
  readonly narrow: Spot | undefined;
  readonly session: Recording['session'];
  readonly fingerprints: Seen | undefined;
  readonly came: boolean;
  readonly pov: PointOfView | undefined;
  readonly tone: Tone;
  readonly onSelect: () => void;
}

const marks = { same: '=', different: '≠', 'one end': '', none: '' } as const;

/** Shows a node of the graph: a button with its name and, if there is one, its fingerprint. */
export function KeyNode({ node, wide, narrow, session, fingerprints, came, pov, tone, onSelect }: KeyNodeProps) {
  const visible = visibleTo(node, pov);
  const state = compared(fingerprints);
  const text = fingerprints?.client ?? fingerprints?.server;
  return (
    <li
      className="key-place"
      style={{
        '--wide-x': wide?.x,
        '--wide-w': wide?.width,
        '--wide-row': wide?.row,
        '--narrow-x': narrow?.x,
        '--narrow-w': narrow?.width,
        '--narrow-row': narrow?.row,
      }}
    >
      <button
        type="button"
        className="key-node"
        data-node={node.id}
        data-kind={node.kind}
        data-tone={tone}
        data-missing={!came}
        data-hidden={!visible}
        aria-pressed={tone === 'selected'}
        onClick={onSelect}
      >
        <span className="key-node-name">{named(node.name, session)}</span>
        {!visible && <span className="key-node-print">cannot know</span>}
        {visible && text !== undefined && (
          <span className="key-node-print">
            {node.kind !== 'transcript' && <Lock />}
            <code>{text.slice(0, 11)}</code>
            <span data-state={state}>
              {' '}
              {marks[state]}
              {state === 'same' && <span className="visually-hidden">the same on both sides</span>}
              {state === 'different' && <span className="visually-hidden">different on the two sides</span>}
            </span>
          </span>
        )}
      </button>
    </li>
  );
}

/** Says that what stands beside it is no value. */
function Lock() {
  return (
    <svg className="key-lock" viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
      <path d="M3.5 5V3.5a2.5 2.5 0 0 1 5 0V5M2.5 5h7v5.5h-7Z" fill="none" stroke="currentColor" strokeWidth="1.3" />
    </svg>
  );
}
