import { useCallback } from 'react';
import { useSearchParams } from 'wouter';
import { ChooseAddress } from '../frame/choose-address.tsx';
import { NotFoundPage } from '../frame/not-found-page.tsx';
import { agentAddress } from '../routing/agent-place.ts';
import { chooseName } from '../state/chosen-names.ts';
import { isRole, type Role } from '../state/role-names.ts';

/** Opens an agent of a role under a name that is free: the address to give to a class. With `?new` it is never one of before. */
export function OpenPage({ role }: { readonly role: string }) {
  const [search] = useSearchParams();
  if (!isRole(role)) return <NotFoundPage reason="Open a traveller or a helper: /open/traveller, /open/helper." />;
  return <OpenRole role={role} isNew={search.has('new')} />;
}

function OpenRole({ role, isNew }: { readonly role: Role; readonly isNew: boolean }) {
  const choose = useCallback(async () => agentAddress(await chooseName(role, isNew)), [role, isNew]);
  return (
    <>
      <title>Parley</title>
      <ChooseAddress choose={choose} />
    </>
  );
}
