import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';

/** Returns what `parseArgs` of Node has against the command line, as `invalid_input` with a sentence of ours and where the flags are listed. */
export function flagError(error: unknown): ParleyError {
  const message = isError(error) ? error.message : '';
  const [, named = ''] = /'([^' ]*)/.exec(message) ?? [];
  const code = isError(error) && 'code' in error ? error.code : undefined;
  return new ParleyError('invalid_input', `${sentenceOf(code, named, message)} Run parley --help to see the flags.`, {
    cause: error,
  });
}

function sentenceOf(code: unknown, named: string, message: string): string {
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `This command has no flag ${named}.`;
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `This command takes flags only, not “${named}”.`;
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return message.includes('does not take an argument') ? `${named} takes no value.` : `${named} needs a value.`;
    default:
      return 'The command line cannot be read.';
  }
}
