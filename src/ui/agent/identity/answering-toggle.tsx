import { useId } from 'react';
import type { Answering } from '../../../agent/contracts/views.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';

const choices: readonly (readonly [answering: Answering, words: string, why: string])[] = [
  ['handlers', 'by itself', 'This agent answers requests by itself, at once, with its handlers'],
  ['person', 'I answer', 'Each request waits in the conversation, for 60 s at most, until you answer'],
];

/** Shows who answers the requests of peers, and switches it. */
export function AnsweringToggle() {
  const { engine } = useHosted();
  const answering = useAgentState((state) => state.answering);
  const name = useId();
  return (
    <fieldset className="answering">
      <legend className="visually-hidden">Who answers requests</legend>
      {choices.map(([choice, words, why]) => (
        <label key={choice} className="answering-choice" title={why}>
          <input
            type="radio"
            name={name}
            checked={answering === choice}
            onChange={() => void engine.setAnswering(choice).catch(() => undefined)}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
