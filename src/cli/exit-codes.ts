import type { ErrorCode } from '../protocol/errors.ts';

/** What a command's end means to the script that called it. */
export const exitCodes = {
  done: 0,
  /** The peer answered with an error. */
  answeredWithError: 1,
  /** The command or its arguments cannot be used. */
  usage: 2,
  /** The peer or the Controller cannot be reached. */
  unreachable: 3,
  /** A check refused the peer, the Controller or a message. */
  refused: 4,
  /** The agent's own keys or data cannot be used. */
  storage: 5,
  /** Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
  /** An error that nobody expected (EX_SOFTWARE of sysexits.h). */
  unexpected: 70,
} as const;

/** Returns the exit code for an error of the protocol. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'invalid_input':
      return exitCodes.usage;
    case 'peer_unreachable':
    case 'controller_unreachable':
    case 'tls_untrusted':
    case 'network_unavailable':
    case 'answer_timeout':
    case 'timed_out':
    case 'unknown_agent':
      return exitCodes.unreachable;
    case 'stream_failed':
    case 'stream_gone':
    case 'cancelled':
      return exitCodes.answeredWithError;
    case 'storage_failed':
    case 'storage_full':
    case 'agent_in_use':
      return exitCodes.storage;
    case 'internal_error':
      return exitCodes.unexpected;
    default:
      return exitCodes.refused;
  }
}
