import type { PointOfView } from '../routing/agent-place.ts';

/** A thing that may or may not be known of a session. */
export interface Fact {
  readonly what: string;
  /** Who knows it, and in a word how. */
  readonly known: Readonly<Record<PointOfView, false | string>>;
}

const agents = (how: string) => ({ client: how, server: how });

/** Who knows what of a session: the whole promise of the product in one table (protocol page, sections 3 to 6). */
export const facts: readonly Fact[] = [
  {
    what: 'Who the agents are, and their certificates',
    known: { ...agents('checked'), observer: 'from the hellos', controller: 'issued them' },
  },
  {
    what: 'That they talk, when and how much',
    known: { ...agents('take part in it'), observer: 'sees every body', controller: false },
  },
  {
    what: 'The handshake messages',
    known: { ...agents('sent or received'), observer: 'byte for byte', controller: false },
  },
  { what: 'Session keys and shared secrets', known: { ...agents('derived them'), observer: false, controller: false } },
  {
    what: 'Traffic keys',
    known: { ...agents('until the session ends'), observer: false, controller: false },
  },
  { what: 'Content of requests and answers', known: { ...agents('decrypted'), observer: false, controller: false } },
];
