import { ConfirmButton } from '../../design/confirm-button.tsx';
import { useHosted } from '../../state/hosted.ts';

/** Erases this agent, after asking. */
export function ForgetAgent({ label }: { readonly label: string }) {
  const { agentId, engine } = useHosted();
  return (
    <ConfirmButton
      label={label}
      className="button button-danger"
      heading={`Forget ${agentId}?`}
      description="This cannot be undone: nobody, including you, can be this agent again."
      confirm="Forget it"
      action={() => engine.forget()}
    >
      <ul className="forget-list small">
        <li>Open sessions are closed and their keys erased.</li>
        <li>Both certificates are revoked, so that nobody waits for this agent.</li>
        <li>Both private keys, the certificates and the pinned CA are erased from this browser.</li>
        <li>Every stored conversation, its search index, the audit trail and imported archives are erased.</li>
      </ul>
      <p className="small">
        <strong>There is no backup of the keys, by design.</strong> Export the conversations under History first, if you
        want to read them later.
      </p>
    </ConfirmButton>
  );
}
