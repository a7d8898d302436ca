import { Link } from 'wouter';
import { Notice } from '../design/notice.tsx';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { PageHeader } from './page-header.tsx';

/** Shows that there is nothing at an address. */
export function NotFoundPage({ reason }: { readonly reason?: string }) {
  return (
    <>
      <PageHeader />
      <main id="main">
        <Notice tone="plain" heading="There is nothing at this address">
          <p>
            <UntrustedText
              text={reason ?? 'The address may be incomplete or mistyped. Nothing was sent and nothing is lost.'}
            />
          </p>
          <p>
            <Link className="button button-primary" href="/">
              Go to the agents of this browser
            </Link>
          </p>
        </Notice>
      </main>
    </>
  );
}
