/** What `parley help` prints. */
export const help = `Parley: the secure line between agents.

  parley server [--host localhost] [--port 4173] [--url https://parley.example] [--data .parley]
                [--ca FILE] [--new-ca] [--new-database] [--app dist/app] [--tls-cert FILE --tls-key FILE] [--allow-http]
                [--registration open|token] [--relays URL,URL] [--nats nats://localhost:4222]
                [--allow-origin URL,URL] [--proxies 10.0.0.0/8 | --trust-proxy] [--rate-limit 300]
                [--new-agents-per-hour 1000] [--names-per-key 16]
                [--relay-memory MIB] [--requests-per-agent 128] [--handshakes-per-agent 32] [--address-share PERCENT]
                [--connected-agents 50000] [--event-streams 2000] [--event-streams-per-address 32]
                [--nats-creds FILE | --nats-nkey FILE] [--nats-ca FILE] [--nats-cert FILE --nats-key FILE]
                [--new-group] [--adopt-group]
      The web app, the Controller and the relay on one port. Tokens come from the environment
      (PARLEY_OPERATOR_TOKEN, PARLEY_REGISTRATION_TOKENS, PARLEY_METRICS_TOKEN) or from files made
      in the data folder. Exit codes: 0 told to stop, 2 a flag or variable cannot be used,
      5 the data folder, the CA or NATS cannot be used.

  parley health [SERVER FLAGS]
      Whether a server answers on this machine. Exit codes: 0 it does, 2 a flag cannot be used, 3 it does not.

  parley agent [--id helper_agent_001] [--listen https://localhost:5001] [AGENT FLAGS]
      An agent with a console: connect, send, sessions, rekey, disconnect, peers, verify, audit, trace, help.
      Without --listen it is reached through the relay. Without a terminal or commands (</dev/null,
      systemd, a container) it serves until SIGTERM. Exit codes: 0 ended, 2 to 5 and 70 as for send.

  parley send PEER "TEXT" [--method NAME 'JSON'] [--id cli_agent_001] [AGENT FLAGS]
      One request; its outcome as one line of JSON.
      Exit codes: 0 answered, 1 answered with an error, 2 the command cannot be used,
      3 not reachable, 4 refused by a check, 5 keys or data cannot be used, 70 unexpected error.

  parley export audit FILE [--disclose 12,15] [AGENT FLAGS]
      The audit trail, with the plaintexts of these entries and no others. Nothing is overwritten.
      Exit codes: 0 written, 2 to 5 and 70 as for send.

  parley export history FILE --export-passphrase-file FILE [--peer AGENT_ID] [AGENT FLAGS]
      The conversations, encrypted in the age format (or PARLEY_EXPORT_PASSPHRASE).

  parley verify FILE [--ca FILE] [--json]
      Whether an exported audit trail holds: every hash, every signature, the certificates up to the
      Controller's, which --ca pins. Nobody is asked. Exit codes: 0 it holds, 2 the command cannot be
      used, 4 something in it was altered, and which entry.

  parley version
      Which Parley this is.

AGENT FLAGS
  --id NAME              its agent_id (PARLEY_ID)
  --controller URL       base URL of the server (default http://localhost:4173, PARLEY_CONTROLLER)
  --data FOLDER          where keys are stored (default ~/.parley, PARLEY_AGENT_DATA)
  --passphrase-file FILE encrypts the keys (or PARLEY_PASSPHRASE); without one, the file's mode protects them
  --token-file FILE      registration token (or PARLEY_REGISTRATION_TOKEN)
  --trust FILE           a TLS certificate to trust besides the system's
  --tls-cert FILE --tls-key FILE   for --listen; without them a certificate is made at first use
  --allow-origin URL,URL for --listen: origins of other sites whose pages may call it (PARLEY_ALLOW_ORIGIN)
`;

/** Returns what `parley COMMAND --help` prints: the parts of the help that are about it, with the flags that it takes. */
export function helpOf(command: string | undefined): string | undefined {
  const parts = help.trimEnd().split('\n\n');
  const about = (name: string) => parts.filter((part) => part.startsWith('  parley ') && part.split(/\s+/)[2] === name);
  const own = command === undefined ? [] : about(command);
  if (own.length === 0) return undefined;
  const text = own.join('\n\n');
  const flags = [
    ...(text.includes('[SERVER FLAGS]') ? about('server') : []),
    ...(text.includes('[AGENT FLAGS]') ? parts.filter((part) => part.startsWith('AGENT FLAGS')) : []),
  ];
  return `${[text, ...flags].join('\n\n')}\n`;
}
