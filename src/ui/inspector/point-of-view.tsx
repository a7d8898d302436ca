import { type ReactNode, useId } from 'react';
import type { Recording } from '../../recording/recording.ts';
import { Mark } from '../design/party.tsx';
import type { PointOfView } from '../routing/agent-place.ts';
import { type Fact, facts } from './knowledge.ts';
import { partyOfView, pointsOfView } from './parties.ts';
import './point-of-view.css';

interface PointOfViewProps {
  readonly session: Recording['session'];
  readonly pov: PointOfView | undefined;
  readonly choose: (pov: PointOfView | undefined) => void;
  /** What else stands in the bar's line. */
  readonly children?: ReactNode;
}

/** Chooses through whose eyes a session is looked at, and shows what each of them knows of it. */
export function PointOfViewBar({ session, pov, choose, children }: PointOfViewProps) {
  const group = useId();
  return (
    <div className="pov">
      <div className="pov-line">
        <fieldset className="pov-choice">
          <legend className="visually-hidden">Point of view</legend>
          <Choice
            group={group}
            name="All that is recorded"
            short="All"
            checked={pov === undefined}
            onChoose={() => choose(undefined)}
          />
          {pointsOfView.map((each) => {
            const party = partyOfView(each, { session });
            return (
              <Choice
                key={each}
                group={group}
                name={party.name}
                mark={<Mark party={party} />}
                checked={pov === each}
                onChoose={() => choose(each)}
              />
            );
          })}
        </fieldset>
        {children}
      </div>
      {pov !== undefined && <Knowledge session={session} pov={pov} />}
    </div>
  );
}

interface ChoiceProps {
  readonly group: string;
  readonly name: string;
  readonly short?: string;
  readonly mark?: ReactNode;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function Choice({ group, name, short = name, mark, checked, onChoose }: ChoiceProps) {
  return (
    <label className="pov-item" title={name}>
      <input type="radio" name={group} aria-label={name} checked={checked} onChange={onChoose} />
      {mark} <span>{short}</span>
    </label>
  );
}

/** Shows one row a fact, one column a party; the chosen party's column stands out. */
function Knowledge({ session, pov }: { readonly session: Recording['session']; readonly pov: PointOfView }) {
  return (
    <table className="pov-table">
      <caption className="visually-hidden">Who knows what of this session</caption>
      <thead>
        <tr>
          <th scope="col">Who knows</th>
          {pointsOfView.map((each) => {
            const party = partyOfView(each, { session });
            return (
              <th key={each} scope="col" data-chosen={each === pov}>
                <Mark party={party} /> {party.name}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {facts.map((fact) => (
          <tr key={fact.what}>
            <th scope="row">{fact.what}</th>
            {pointsOfView.map((each) => (
              <Known key={each} fact={fact} pov={each} chosen={each === pov} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Known({ fact, pov, chosen }: { readonly fact: Fact; readonly pov: PointOfView; readonly chosen: boolean }) {
  const how = fact.known[pov];
  return (
    <td data-chosen={chosen} data-known={how !== false}>
      {how === false ? (
        <>
          <span aria-hidden="true">✕ </span>
          {chosen ? 'cannot know' : <span className="visually-hidden">cannot know</span>}
        </>
      ) : (
        <>
          <span aria-hidden="true">✓ </span>
          {chosen ? how : <span className="visually-hidden">{how}</span>}
        </>
      )}
    </td>
  );
}
