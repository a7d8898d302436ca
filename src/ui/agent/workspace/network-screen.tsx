import { Notice } from '../../design/notice.tsx';
import { agentAddressOf } from '../../state/agent-addresses.ts';
import { startNetwork, useNetwork } from '../../state/network.ts';
import { IdentityHead } from '../identity/identity-bar.tsx';
import { StartProgress } from './start-progress.tsx';

/** Shows what is in an agent's place until the page has a network. */
export function NetworkScreen({ agentId }: { readonly agentId: string }) {
  const { status, reason } = useNetwork();
  return (
    <>
      <IdentityHead
        agentId={agentId}
        phase={status === 'failed' ? 'failed' : 'starting'}
        address={agentAddressOf(agentId)}
      />
      {status === 'failed' ? (
        <Notice tone="bad" heading="The mock network did not start">
          <p>
            Agents in this browser reach each other through a service worker, and the browser did not start it. Nothing
            was sent; keys and certificates are untouched.
          </p>
          <p>{reason}</p>
          <div className="notice-actions">
            <button type="button" className="button button-primary" onClick={() => void startNetwork()}>
              Try again
            </button>
          </div>
        </Notice>
      ) : (
        <StartProgress step="network" />
      )}
    </>
  );
}
