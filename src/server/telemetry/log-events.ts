/** What a server logs, by the name of the event, and what each one says. docs/operate.md lists the same. */
export const logEvents = {
  starting: 'The server starts: its version, its Node and its configuration, without any secret.',
  listening: 'The server answers at `url`.',
  draining: 'The server was told to stop. It takes nothing new and lets what is under way finish.',
  closed: 'The server has stopped.',
  agent_registered: 'A new agent has its certificates.',
  agent_renewed: 'An agent that had registered before has newer certificates.',
  agent_revoked: 'An agent was revoked, by itself or by the operator, and a new revocation list names it.',
  agent_deleted: 'The operator deleted a name.',
  agent_connected: 'An agent has proved itself and is connected to the relay.',
  agent_disconnected: 'An agent has no connection to the relay any more.',
  proof_refused:
    'A call that has to prove something was refused: `code` says why, `call` which one. `agent_id` and `key` are what the caller says.',
  limit_reached: 'Something was refused because of the limit `limit`.',
  list_signed: 'A revocation list was signed and stored.',
  list_unavailable: 'The revocation list cannot be read or signed.',
  list_available: 'The revocation list can be read again.',
  request: 'A request was answered. Written with `--log-requests` only.',
  request_failed: 'A request failed here: the store, or an error that nobody expected.',
  not_ready: '`/readyz` was asked while the store could not answer.',
  ca_ends: 'The CA certificate expires in `days_left` days.',
  set_aside: 'A file was renamed because of `--new-ca`.',
  restored: 'A restore of the data folder that was interrupted was finished.',
  token_reloaded: 'A file holds another token, which is valid from now on.',
  token_unusable: 'A file of a token has gone or holds none; the one before is still valid.',
  tls_reloaded: 'New files of the TLS certificate are used.',
  tls_unusable: 'The files of the TLS certificate changed and cannot be used; those before are.',
  tls_ends: 'The TLS certificate expires soon.',
  group_failed: 'Something that the servers of the group share failed.',
  nats_lost: 'The connection to NATS is lost.',
  nats_back: 'The connection to NATS is back.',
  clock_differs: 'The clock of this server differs from those of its group. It changes nothing until that ends.',
  clock_agrees: 'The clock of this server agrees with those of its group again.',
  forged_record: 'NATS holds a record that no server of the group wrote.',
} as const;

/** The name of something that a server logs. */
export type LogEvent = keyof typeof logEvents;
