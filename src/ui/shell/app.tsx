import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Route, Switch, useSearch } from 'wouter';
import { pages } from '../../http/pages.ts';
import { AgentPage } from '../agent/workspace/agent-page.tsx';
import { KeyboardShortcuts } from '../frame/keyboard-shortcuts.tsx';
import { lazyView } from '../frame/lazy-view.tsx';
import { NotFoundPage } from '../frame/not-found-page.tsx';
import { HomePage } from '../home/home-page.tsx';
import { OpenPage } from '../home/open-page.tsx';
import { parsePlace } from '../routing/agent-place.ts';
import { ErrorBoundary } from './error-boundary.tsx';

const AdminPage = lazyView(async () => (await import('../admin/admin-page.tsx')).AdminPage);
const LabPage = lazyView(async () => (await import('../lab/lab-page.tsx')).LabPage);
const SplitViewPage = lazyView(async () => (await import('../split-view/split-view-page.tsx')).SplitViewPage);
const TracePage = lazyView(async () => (await import('../inspector/trace/trace-page.tsx')).TracePage);

const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });

/** Shows every screen of the product, by its address. */
export function App() {
  const search = useSearch();
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queries}>
        <a className="skip-link" href="#main">
          Skip to the content
        </a>
        <Switch>
          <Route path={pages.home}>
            <HomePage />
          </Route>
          <Route path={pages.both}>
            {({ left, right }) => (
              <Suspense fallback={<Opening />}>
                <SplitViewPage left={left} right={right} />
              </Suspense>
            )}
          </Route>
          <Route path={pages.open}>{({ role }) => <OpenPage role={role} />}</Route>
          <Route path={pages.admin}>
            <Suspense fallback={<Opening />}>
              <AdminPage />
            </Suspense>
          </Route>
          <Route path={pages.lab}>
            {({ scenario, attempt }) => (
              <Suspense fallback={<Opening />}>
                <LabPage
                  {...(scenario === undefined ? {} : { scenario })}
                  {...(attempt === undefined ? {} : { attempt: decodeURIComponent(attempt) })}
                />
              </Suspense>
            )}
          </Route>
          <Route path={pages.trace}>
            {({ '*': rest = '' }) => (
              <Suspense fallback={<Opening />}>
                <TracePage place={search === '' ? rest : `${rest}?${search}`} />
              </Suspense>
            )}
          </Route>
          <Route path={pages.agent}>
            {(parameters) => {
              const place = parsePlace(`${parameters['*'] ?? ''}?${search}`);
              return place === undefined ? (
                <NotFoundPage />
              ) : (
                <AgentPage key={parameters.agentId} agentId={parameters.agentId} place={place} />
              );
            }}
          </Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
        <KeyboardShortcuts />
      </QueryClientProvider>
    </ErrorBoundary>
  );
}

/** Shows that a page's code is on its way. */
function Opening() {
  return (
    <main id="main">
      <p className="muted" role="status">
        Loading
      </p>
    </main>
  );
}
