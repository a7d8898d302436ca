import type { GroupExchangeView } from '../../../../agent/contracts/views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';

/** Sends anew what the delivery service never had. An attachment is chosen again: its bytes are with nobody. */
export function SendAgain({ exchange }: { readonly exchange: GroupExchangeView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { method, parameters, group } = exchange;
  const { groupId, kind, to, attachment } = group;
  if (attachment !== undefined)
    return <p className="small muted">It was not sent. Attach the file again to send it.</p>;
  const again = () =>
    kind === 'message'
      ? engine.sendToGroup({ groupId, content: parameters })
      : engine.askGroup({ groupId, method, parameters, ...(to === undefined ? {} : { to }) });
  return (
    <div className="exchange-retry">
      <button type="button" className="button" disabled={isAtWork} onClick={() => void run(again)}>
        {isAtWork ? 'Sending' : 'Send again'}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
