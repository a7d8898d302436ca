interface LeaveChoiceProps {
  readonly peerId: string;
  readonly leaves: boolean;
  readonly choose: (leaves: boolean) => void;
}

/** Chooses whether what is sent to a peer that is away is left for it, or whether the peer is tried for a while and then given up. */
export function LeaveChoice({ peerId, leaves, choose }: LeaveChoiceProps) {
  return (
    <label
      className="send-leave"
      title={
        leaves ? `It is stored for ${peerId} until it returns` : `${peerId} is tried for 20 s, then the request fails`
      }
    >
      <input type="checkbox" checked={leaves} onChange={({ target }) => choose(target.checked)} /> leave a message
    </label>
  );
}
