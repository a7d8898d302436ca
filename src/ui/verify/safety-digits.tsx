import { PartyMark } from '../design/party.tsx';
import { groupsOf } from './compare-numbers.ts';

interface SafetyDigitsProps {
  readonly digits: string;
  /** Both agents; the lower agent_id has the first half. */
  readonly agentIds: readonly [string, string];
  /** Groups to point at, counted from 1. */
  readonly differing: readonly number[];
}

/**
 * Shows the 60 digits in twelve groups of five, each agent's half under its name. Screen readers read digit by digit.
 */
export function SafetyDigits({ digits, agentIds, differing }: SafetyDigitsProps) {
  const groups = groupsOf(digits);
  return (
    <div className="verify-halves">
      {agentIds.toSorted().map((agentId, half) => (
        <section key={agentId} className="verify-half" aria-label={`Digits of ${agentId}`}>
          <h3 className="verify-half-of">
            <PartyMark agentId={agentId} /> {agentId}
          </h3>
          <ol className="verify-groups">
            {groups.slice(6 * half, 6 * half + 6).map((group, index) => {
              const number = 6 * half + index + 1;
              const differs = differing.includes(number);
              return (
                <li key={number} className={differs ? 'verify-group verify-group-differs' : 'verify-group'}>
                  <span aria-hidden="true">{group}</span>
                  <span className="visually-hidden">
                    {[...group].join(' ')}
                    {differs ? ', differs' : ''}
                  </span>
                </li>
              );
            })}
          </ol>
        </section>
      ))}
    </div>
  );
}
