import { isRealNetwork } from '../../state/network.ts';
import './start-progress.css';

type StartStep = 'network' | 'starting' | 'making_keys' | 'registering';

interface StartProgressProps {
  readonly step: StartStep;
  readonly made?: number;
  readonly of?: number;
}

const steps: readonly (readonly [step: StartStep, words: string, why: string])[] = [
  isRealNetwork
    ? ['network', 'Find the relay', 'It gives this tab an address, and cannot read what it forwards.']
    : ['network', 'Start the mock network', 'A service worker forwards requests between the agents of this browser.'],
  ['starting', 'Open the agent', 'Its worker starts and looks for keys that this browser already has.'],
  [
    'making_keys',
    'Make the keys',
    'Two RSA pairs, one to sign and one to decrypt. Neither private key can leave the browser.',
  ],
  ['registering', 'Register', 'The Controller has the agent prove that it holds both keys, and certifies them.'],
];

/** Shows how far an agent is on its way to being ready. */
export function StartProgress({ step, made = 0, of = 2 }: StartProgressProps) {
  const current = steps.findIndex(([name]) => name === step);
  return (
    <section className="progress" aria-label="Starting">
      <ol className="progress-steps">
        {steps.map(([name, words, why], index) => (
          <li key={name} className="progress-step" data-step={name} data-state={stateOf(index, current)}>
            <span className="progress-mark" aria-hidden="true">
              {index < current ? '✓' : index === current ? '○' : ''}
            </span>
            <div>
              <p className="progress-words">
                {words}
                {name === 'making_keys' && index === current && ` – ${made} of ${of} made`}
                <span className="visually-hidden">
                  {index < current ? ', done' : index === current ? ', under way' : ''}
                </span>
              </p>
              <p className="small muted">{why}</p>
              {name === 'making_keys' && index === current && (
                <progress className="progress-bar" value={made} max={of} aria-label="Keys made" />
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function stateOf(index: number, current: number): 'done' | 'current' | 'ahead' {
  if (index === current) return 'current';
  return index < current ? 'done' : 'ahead';
}
