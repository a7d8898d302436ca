import type { Beginning } from '../../../recording/beginning.ts';
import { wordsOfCheck } from '../../../recording/check-words.ts';
import { wordsOfOperation } from '../../../recording/operation-words.ts';
import { formatDuration } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import type { Side } from './timeline.ts';
import { totalDuration, type WorkStep } from './work-step.ts';
import './work-steps.css';

interface WorkStepsProps {
  readonly steps: readonly WorkStep[];
  readonly side: Side;
  readonly agentId: string;
  readonly own: boolean;
  readonly beginning: Beginning;
  /** How many of the steps have happened in a walk through them, the last of which is the current one. */
  readonly happened?: number | undefined;
  /** On paper: what each step is for. */
  readonly lessons?: readonly string[] | undefined;
}

/** Shows what one side did between two messages, with the sum of the times. */
export function WorkSteps({ steps, side, agentId, own, beginning, happened, lessons }: WorkStepsProps) {
  const total = totalDuration(steps);
  return (
    <div className={`handshake-work handshake-side-${side}`}>
      <p className="handshake-work-head">
        <span>
          <PartyMark agentId={agentId} /> {own ? 'You' : agentId}
        </span>
        <span className="handshake-figure small muted">{formatDuration(total)} in all</span>
      </p>
      <StepList steps={steps} beginning={beginning} happened={happened} lessons={lessons} />
    </div>
  );
}

interface StepListProps {
  readonly steps: readonly WorkStep[];
  readonly beginning?: Beginning;
  readonly happened?: number | undefined;
  readonly lessons?: readonly string[] | undefined;
}

/** Checks and operations in their order, each with its time. */
export function StepList({ steps, beginning = 'handshake', happened, lessons }: StepListProps) {
  return (
    <ul className="handshake-steps">
      {steps.map((step, i) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a trace only grows at its end
          key={i}
          className={`handshake-step ${stepClass(step)}`}
          data-moment={happened !== undefined && i >= happened ? 'later' : undefined}
          aria-current={i + 1 === happened ? 'step' : undefined}
        >
          <StepMark step={step} />
          <span className="handshake-step-name">
            {step.kind === 'check'
              ? wordsOfCheck(step.check, step.of).name
              : wordsOfOperation(step.operation, beginning)}
          </span>
          <StepNote step={step} />
          <span className="handshake-figure small muted">{formatDuration(step.duration)}</span>
          {step.kind === 'check' && lessons === undefined && (
            <span className="handshake-step-why small muted">{wordsOfCheck(step.check, step.of).why}</span>
          )}
          {lessons?.[i] !== undefined && <span className="handshake-step-lesson small muted">{lessons[i]}</span>}
          {step.kind === 'check' && step.refusal !== undefined && (
            <span className="handshake-step-detail">
              <UntrustedText text={step.refusal.detail} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Shows a refusal's code, or the short public fact that was noted. */
function StepNote({ step }: { readonly step: WorkStep }) {
  if (step.kind === 'check' && step.refusal !== undefined) {
    return (
      <span className="handshake-step-note">
        <code>
          <UntrustedText text={step.refusal.code} />
        </code>
      </span>
    );
  }
  return step.note === undefined ? null : <span className="handshake-step-note small muted">{step.note}</span>;
}

function stepClass(step: WorkStep): string {
  if (step.kind === 'operation') return 'handshake-step-operation';
  return step.refusal === undefined ? 'handshake-step-passed' : 'handshake-step-refused';
}

/** Shows a tick, a cross, or a dot for work that is no check. */
function StepMark({ step }: { readonly step: WorkStep }) {
  const [mark, words] =
    step.kind === 'operation' ? ['·', 'Done: '] : step.refusal === undefined ? ['✓', 'Passed: '] : ['✕', 'Refused: '];
  return (
    <span className="handshake-mark">
      <span aria-hidden="true">{mark}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}
