import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { PartyMark, partyOf } from '../design/party.tsx';
import { roleAddress } from '../routing/role-address.ts';
import { nameForRole, type Role, roleNames } from '../state/role-names.ts';

/** Opens an agent of a role, and shows beforehand under which name. */
export function RoleDoor({ which: role, words }: { readonly which: Role; readonly words: string }) {
  const { data: agentId, error } = useQuery({
    queryKey: ['known-agents', 'role', role],
    queryFn: () => nameForRole(role),
    refetchOnMount: 'always',
    staleTime: 0,
  });
  const { colour, soft } = partyOf(`${role}_agent_001`);
  const name = roleNames[role];
  return (
    <div className="home-door" style={{ borderLeftColor: colour, background: soft }}>
      <Link href={roleAddress(role)} className="home-door-open">
        <PartyMark agentId={`${role}_agent_001`} /> Open {name}
      </Link>
      <span className="muted">{words}</span>
      <span className="home-door-id">
        <code>{agentId ?? (error === null ? ' ' : 'offline: the directory cannot be read')}</code>
        <a
          className="home-door-tab"
          href={roleAddress(role)}
          target="_blank"
          rel="noreferrer"
          aria-label={`Open ${name} in a new tab`}
        >
          in a new tab <span aria-hidden="true">↗</span>
        </a>
      </span>
    </div>
  );
}
