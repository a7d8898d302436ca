import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { roleAddress } from '../../routing/role-address.ts';
import { nameWasTaken } from '../../state/chosen-names.ts';
import { useHosted } from '../../state/hosted.ts';
import { type Role, roleNames } from '../../state/role-names.ts';

/** Goes on with another name where the one that this page had chosen was registered by somebody else a moment before. */
export function TakenName({ role }: { readonly role: Role }) {
  const { engine, agentId } = useHosted();
  const [path, navigate] = useLocation();
  useEffect(() => {
    const goOn = () => {
      nameWasTaken(agentId);
      navigate(path.startsWith('/both') ? '/both' : roleAddress(role), { replace: true });
    };
    // Its keys never belonged to a name. Where they cannot be erased they stay in the list of this browser's agents.
    engine.forget().then(goOn, goOn);
  }, [engine, agentId, navigate, path, role]);
  return (
    <p className="muted" role="status">
      {agentId} was registered by somebody else a moment before. Opening {roleNames[role]} under another name.
    </p>
  );
}
