import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { agentAddress } from '../../routing/agent-place.ts';
import { readNames } from '../../state/directory-names.ts';
import { freeName, stemOf } from '../../state/free-names.ts';
import { useHosted } from '../../state/hosted.ts';

/** Shows the way to an agent with the next free name; none while the directory cannot be read. */
export function OpenNextFree({ isQuiet = false }: { readonly isQuiet?: boolean }) {
  const { agentId } = useHosted();
  const { data: next } = useQuery({
    queryKey: ['free-name', agentId],
    queryFn: () => freeName(stemOf(agentId), readNames),
    staleTime: 0,
  });
  if (next === undefined) return null;
  return (
    <Link className={isQuiet ? 'button' : 'button button-primary'} href={agentAddress(next)}>
      Open {next}
    </Link>
  );
}
