import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { Notice } from '../design/notice.tsx';
import { PageHeader } from '../frame/page-header.tsx';
import { isRealNetwork } from '../state/network.ts';
import './admin.css';
import { AgentsPanel } from './agents-panel.tsx';
import { OperatorSession } from './operator-session.ts';
import { StatusPanel } from './status-panel.tsx';
import { TokenPrompt } from './token-prompt.tsx';
import { TokensPanel } from './tokens-panel.tsx';

/** Shows a server to its operator: status, agents and registration tokens. It asks for the operator's token first. */
export function AdminPage() {
  const queries = useQueryClient();
  const [session, setSession] = useState<OperatorSession>();
  const [refusal, setRefusal] = useState<FailureView>();
  const lock = (why?: FailureView) => {
    setSession(undefined);
    setRefusal(why);
    queries.removeQueries({ queryKey: ['operator'] });
  };
  return (
    <>
      <title>Server · Parley</title>
      <PageHeader>
        <span className="admin-where">Server</span>
      </PageHeader>
      <main id="main" className="admin">
        {!isRealNetwork ? (
          <Notice tone="plain" heading="No server here">
            <p className="muted">
              The mock network of this page has no server to look after. Start one with <code>npm start</code>.
            </p>
          </Notice>
        ) : session === undefined ? (
          <TokenPrompt
            refusal={refusal}
            enter={(token) => {
              setRefusal(undefined);
              setSession(new OperatorSession(token));
            }}
          />
        ) : (
          <StatusPanel session={session} lock={lock}>
            <AgentsPanel session={session} />
            <TokensPanel session={session} />
          </StatusPanel>
        )}
      </main>
    </>
  );
}
