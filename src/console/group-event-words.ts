import type { GroupEventView } from '../agent/contracts/group-views.ts';
import { namesOf } from './agent-names.ts';

/** Returns what happened in a group as one sentence without its full stop. */
export function eventWords({ by, what }: Pick<GroupEventView, 'by' | 'what'>): string {
  switch (what.kind) {
    case 'created':
      return `${by} created the group`;
    case 'joined':
      return `${by} added this agent`;
    case 'updated':
      return `${by} renewed its keys`;
    case 'asked_to_leave':
      return `${by} wants to leave`;
    case 'added':
      return `${by} added ${namesOf(what.who)}`;
    case 'removed':
      return `${by} removed ${namesOf(what.who)}${reasonOf(what)}`;
    case 'rejoined':
      return `${by} took ${namesOf(what.who)} in again`;
    case 'left':
      return `${namesOf(what.who)} left`;
    case 'renamed':
      return `${by} renamed the group to “${what.name}”`;
    case 'admins':
      return `${by} changed the admins: ${namesOf(what.admins)}`;
    case 'skipped':
      return `A change by ${by} was skipped by all members: it breaks a rule of the group (${what.code})`;
  }
}

function reasonOf({ because }: { readonly because?: 'revoked' | 'expired' }): string {
  switch (because) {
    case undefined:
      return '';
    case 'revoked':
      return ': its certificate was revoked';
    case 'expired':
      return ': its credential expired';
  }
}
