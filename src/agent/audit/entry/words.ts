import type { AuditEntry, EntryOf } from './entries.ts';

const messageWords = {
  REQUEST: 'a request',
  RESPONSE: 'an answer',
  CLOSE: 'the end of the session',
  KEY_UPDATE: 'a key update',
  CANCEL: 'a cancellation',
  STREAM_WRITE: 'the end of a stream',
} as const;

/** Returns an entry in one sentence. */
export function entryWords(entry: AuditEntry): string {
  switch (entry.kind) {
    case 'began':
      return `The trail of ${entry.agent_id} began.`;
    case 'certificate': {
      const whose =
        entry.use === 'authority'
          ? 'The certificate of the Controller'
          : `The ${entry.use} certificate of ${entry.agent_id ?? 'nobody'}`;
      return `${whose} was first seen: ${entry.fingerprint.slice(0, 16)}…`;
    }
    case 'handshake':
      return entry.role === 'client'
        ? `Shook hands with ${entry.peer_id}: session ${short(entry.session_id)}.`
        : `${entry.peer_id} shook hands with this agent: session ${short(entry.session_id)}.`;
    case 'resumption':
      return `Session ${short(entry.resumes)} with ${entry.peer_id} was resumed as ${short(entry.session_id)}, by ${entry.role === 'client' ? 'this agent' : entry.peer_id}.`;
    case 'handshake_failed':
      return `No session was established with ${entry.peer_id}: ${entry.code}.`;
    case 'message': {
      const what = messageWords[entry.type];
      const { epoch, sequence } = entry.header;
      const place = `session ${short(entry.session_id)}, epoch ${epoch}, number ${sequence}`;
      return entry.direction === 'sent'
        ? `Sent ${entry.peer_id} ${what} (${place}).`
        : `${entry.peer_id} sent ${what} (${place}).`;
    }
    case 'key_update':
      return `Epoch ${entry.epoch} of session ${short(entry.session_id)} began, by ${entry.by === 'self' ? 'this agent' : entry.peer_id}.`;
    case 'session_ended':
      return `Session ${short(entry.session_id)} with ${entry.peer_id} ${entry.status === 'CLOSED' ? 'was closed' : 'expired'}${entry.code === undefined ? '' : `: ${entry.code}`}.`;
    case 'refusal':
      return `A ${entry.of} ${entry.claimed_sender === undefined ? '' : `in the name of ${entry.claimed_sender} `}was refused: ${entry.code}.`;
    case 'refusals_omitted':
      return `${entry.count} more refusals were counted and not stored.`;
    case 'entries_omitted':
      if (entry.reason === 'peer_quota') {
        return `${entry.count} entries were counted and not stored: ${entry.peer_id ?? 'a peer'} caused more than one peer may in an hour.`;
      }
      return entry.reason === 'unwritable'
        ? 'What happened here could not be written as an entry.'
        : `${entry.count} entries were left out: too many waited for the disk.`;
    case 'revocation':
      return `The Controller has revoked the certificates of ${entry.peer_id}.`;
    case 'verification':
      return verificationWords[entry.mark](entry.peer_id);
    case 'group_commit':
      return commitWords(entry);
    case 'group_message': {
      const what = entry.of === 'proposal' ? 'a proposal to leave' : groupWords[entry.type ?? 'GROUP_MESSAGE'];
      const skipped = entry.skipped === undefined ? '' : ` It was skipped: ${entry.skipped}.`;
      return `${entry.sender} put ${what} into group ${short(entry.group_id)} (entry ${entry.log_index}, epoch ${entry.epoch}).${skipped}`;
    }
    case 'deletion':
      return `${entry.sequences === undefined ? 'Exchanges' : `${entry.sequences.length} exchanges`} with ${entry.peer_id} were deleted${entry.reason === 'retention' ? ' because they expired' : ''}.`;
  }
}

const groupWords = {
  GROUP_MESSAGE: 'a message',
  GROUP_REQUEST: 'a request',
  GROUP_RESPONSE: 'an answer',
  GROUP_RECEIPT: 'a receipt',
} as const;

function commitWords(entry: EntryOf<'group_commit'>): string {
  const {
    by = entry.sender,
    skipped,
    created,
    added,
    removed,
    left,
    rejoined,
    renamed,
    admins,
    because,
    epoch,
  } = entry;
  const group = `group ${short(entry.group_id)}`;
  if (skipped !== undefined) return `A commit of ${by} in ${group} was skipped: ${skipped}.`;
  const reason = because === undefined ? '' : ` (${because})`;
  const done = [
    ...(created === true ? ['made it'] : []),
    ...(added === undefined ? [] : [`added ${added.join(', ')}`]),
    ...(removed === undefined ? [] : [`removed ${removed.join(', ')}${reason}`]),
    ...(left === undefined ? [] : [`let ${left.join(', ')} leave`]),
    ...(rejoined === undefined ? [] : [`took ${rejoined.join(', ')} in again`]),
    ...(renamed === undefined ? [] : [`named it “${renamed}”`]),
    ...(admins === undefined ? [] : [`made ${admins.join(', ')} its admins`]),
  ];
  return `Epoch ${epoch} of ${group} began: ${by} ${done.length === 0 ? 'renewed its keys' : done.join(', ')}.`;
}

const verificationWords = {
  verified: (peer: string) => `The key of ${peer} was marked as verified.`,
  changed: (peer: string) => `${peer} showed another key than the verified one.`,
  dropped: (peer: string) => `The mark on the key of ${peer} was removed.`,
} as const;

function short(sessionId: string): string {
  return sessionId.slice(0, 8);
}
