import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { roleAddress } from '../../routing/role-address.ts';
import { mayBeForgotten, nameWasTaken } from '../../state/chosen-names.ts';
import { useHosted } from '../../state/hosted.ts';
import { type Role, roleNames } from '../../state/role-names.ts';

interface TakenNameProps {
  readonly role: Role;
  /** What is shown where this browser keeps something of the agent: then it is for the person to say what becomes of it. */
  readonly children: ReactNode;
}

/** Goes on with another name where the one that this page had chosen was registered by somebody else a moment before. */
export function TakenName({ role, children }: TakenNameProps) {
  const { engine, agentId } = useHosted();
  const [path, navigate] = useLocation();
  const [keeps, setKeeps] = useState(false);
  useEffect(() => {
    let isShown = true;
    const goOn = () => {
      nameWasTaken(agentId);
      navigate(path.startsWith('/both') ? '/both' : roleAddress(role), { replace: true });
    };
    void mayBeForgotten(agentId).then((may) => {
      if (!isShown) return;
      if (!may) return setKeeps(true);
      // Its keys never belonged to a name. Where they cannot be erased they stay in the list of this browser's agents.
      engine.forget().then(goOn, goOn);
    });
    return () => {
      isShown = false;
    };
  }, [engine, agentId, navigate, path, role]);
  if (keeps) return children;
  return (
    <p className="muted" role="status">
      {agentId} was registered by somebody else a moment before. Opening {roleNames[role]} under another name.
    </p>
  );
}
