import { Link } from 'wouter';
import { PageHeader } from '../frame/page-header.tsx';
import './home.css';
import { KnownAgents } from './known-agents.tsx';
import { RoleDoor } from './role-door.tsx';

/** Shows the first page: what Parley is, and every way in. */
export function HomePage() {
  return (
    <>
      <title>Parley</title>
      <PageHeader />
      <main id="main" className="home">
        <div className="home-lead">
          <h1>Two agents, one line nobody else can read.</h1>
          <p className="muted">
            Each agent runs in this browser with keys that cannot leave it. Open two, let them shake hands, and see
            every check, every byte and what an observer of the network learns.
          </p>
        </div>
        <div className="home-doors">
          <RoleDoor which="traveller" words="starts conversations" />
          <div className="home-line" aria-hidden="true" />
          <RoleDoor which="helper" words="answers them" />
        </div>
        <p className="home-both">
          <Link href="/both" className="home-both-link">
            Open both side by side <span aria-hidden="true">→</span>
          </Link>
          <span className="muted"> or each in its own tab: they find each other through the Controller.</span>
        </p>
        <p className="home-both">
          <Link href="/lab" className="home-both-link">
            Try to break it <span aria-hidden="true">→</span>
          </Link>
          <span className="muted">
            {' '}
            the attack lab: every attack of the threat model, against real agents, as it happens.
          </span>
        </p>
        <p className="home-both">
          <Link href="/trace" className="home-both-link">
            Open a saved trace <span aria-hidden="true">→</span>
          </Link>
          <span className="muted"> a session that somebody else recorded, in the inspector, without an agent.</span>
        </p>
        <dl className="home-views">
          {views.map(([name, words]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="muted">{words}</dd>
            </div>
          ))}
        </dl>
        <KnownAgents />
      </main>
    </>
  );
}

const views: readonly (readonly [name: string, words: string])[] = [
  ['Conversation', 'Requests and answers in the clear, in both directions, each with its status and its time.'],
  ['Handshake', 'Four messages between two lifelines, and under each the checks that it passed.'],
  ['Wire', 'The same traffic as an observer sees it: sizes, times, certificates, ciphertext. No plaintext.'],
];
