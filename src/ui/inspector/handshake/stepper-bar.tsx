import type { Step } from './walk.ts';
import './stepper-bar.css';
import { type Speed, type Stepper, speeds } from './stepper.ts';

interface StepperBarProps {
  readonly stepper: Stepper;
  readonly steps: readonly Step[];
  readonly beginning: string;
}

/** Shows the controls of a walk through a diagram, and the sentence of its current step. */
export function StepperBar({ stepper, steps, beginning }: StepperBarProps) {
  const { at, isPlaying, speed } = stepper;
  return (
    <fieldset className="stepper" data-walking={at !== undefined}>
      <legend className="visually-hidden">Steps of the {beginning}</legend>
      <div className="stepper-controls">
        <button
          type="button"
          className="button stepper-button"
          aria-label="Previous step"
          title="Previous step (←)"
          disabled={at === 0}
          onClick={() => stepper.move(-1)}
        >
          ◂
        </button>
        <button type="button" className="button stepper-play" title="Play or pause (Space)" onClick={stepper.toggle}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          className="button stepper-button"
          aria-label="Next step"
          title="Next step (→)"
          disabled={at === steps.length - 1}
          onClick={() => stepper.move(1)}
        >
          ▸
        </button>
        <label className="stepper-speed">
          <span className="visually-hidden">Speed</span>
          <select className="input" value={speed} onChange={(event) => stepper.setSpeed(speedOf(event.target.value))}>
            {speeds.map((each) => (
              <option key={each} value={each}>
                {each}×
              </option>
            ))}
          </select>
        </label>
        <span className="stepper-count small muted">
          {at === undefined ? `${steps.length} steps` : `${at + 1} of ${steps.length}`}
        </span>
        {at !== undefined && (
          <button type="button" className="button button-quiet" title="Show all (Esc)" onClick={stepper.leave}>
            Show all
          </button>
        )}
      </div>
      <p className="stepper-sentence" aria-live="polite">
        {at === undefined ? (
          <span className="muted">
            <kbd>→</kbd> goes step by step, <kbd>Space</kbd> plays. Each step says what happened, and what would be
            missing without it.
          </span>
        ) : (
          steps[at]?.sentence
        )}
      </p>
    </fieldset>
  );
}

function speedOf(text: string): Speed {
  return speeds.find((speed) => String(speed) === text) ?? 1;
}
