import type { RefObject } from 'react';
import { useDraft } from '../../state/drafts.ts';
import { useHosted } from '../../state/hosted.ts';
import { GrowingField } from './growing-field.tsx';
import { fieldsOf, parametersFrom, readFields, startingParameters } from './method-fields.ts';
import { ModeSwitch } from './mode-switch.tsx';
import type { Problem } from './problem.ts';
import { onSendKey, onSubmitKey } from './send-keys.ts';
import { useRecall } from './use-recall.ts';

export const otherMethod = 'other…';

interface MethodWritingProps {
  readonly peerId: string;
  readonly methods: readonly string[];
  /** Those that the peer has no handler for. */
  readonly refused: readonly string[];
  readonly choice: string;
  readonly choose: (method: string) => void;
  readonly custom: string;
  readonly setCustom: (method: string) => void;
  /** The parameters, as JSON. */
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly problem: Problem | undefined;
  readonly problemId: string;
  /** The field of the JSON. */
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly submit: () => void;
}

/** Writes a method and its parameters: in fields where the method is known, else as JSON. */
export function MethodWriting(props: MethodWritingProps) {
  const { peerId, methods, refused, choice, choose, custom, setCustom, text, setText, problem, problemId, submit } =
    props;
  const { agentId } = useHosted();
  const [wanted, setWanted] = useDraft(agentId, `parameters as ${peerId}`, 'fields');
  const method = choice === otherMethod ? custom.trim() : choice;
  const fields = fieldsOf(method);
  const values = fields === undefined ? undefined : readFields(fields, text);
  const recall = useRecall({
    peerId,
    text,
    setText,
    rest: startingParameters(method),
    written: (sent) => (sent.method === method ? JSON.stringify(sent.parameters) : undefined),
  });
  return (
    <>
      <div className="send-method">
        <label className="field">
          <span className="field-label">Method</span>
          <select className="input mono" value={choice} onChange={(event) => choose(event.target.value)}>
            {[...methods, otherMethod].map((name) => (
              <option key={name} value={name}>
                {refused.includes(name) ? `${name} (unknown to the peer)` : name}
              </option>
            ))}
          </select>
        </label>
        {choice === otherMethod && (
          <input
            className="input mono"
            aria-label="Name of the method"
            placeholder="method name"
            value={custom}
            maxLength={128}
            spellCheck={false}
            onChange={(event) => setCustom(event.target.value)}
          />
        )}
        {values !== undefined && (
          <ModeSwitch
            label="Write the parameters in"
            modes={['fields', 'JSON']}
            mode={wanted === 'JSON' ? 'JSON' : 'fields'}
            choose={setWanted}
          />
        )}
      </div>
      {fields !== undefined && values !== undefined && wanted !== 'JSON' ? (
        <div className="send-parameters">
          {fields.length === 0 && <p className="small muted">{method} needs no parameters.</p>}
          {fields.map((field) => (
            <GrowingField
              key={field.name}
              label={field.name}
              text={values[field.name] ?? ''}
              change={(value) => setText(parametersFrom({ ...values, [field.name]: value }))}
              placeholder={field.about}
              // The place is one in the JSON, which is not shown.
              problem={problem && { ...problem, start: 0, end: 0 }}
              problemId={problemId}
              onKeyDown={(event) => {
                onSendKey(event, submit);
                recall(event);
              }}
            />
          ))}
        </div>
      ) : (
        <GrowingField
          label="Parameters, as JSON"
          className="send-parameters"
          isMono
          text={text}
          change={setText}
          problem={problem}
          field={props.field}
          problemId={problemId}
          onKeyDown={(event) => {
            onSubmitKey(event, submit);
            recall(event);
          }}
        />
      )}
    </>
  );
}
