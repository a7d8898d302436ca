/** What became of what the process prints. */
export interface Output {
  /** True when something could not be written for another reason than that nobody reads it. */
  readonly failed: boolean;
}

/**
 * Lets the process go on when its output cannot be written: whoever reads may have gone (`parley agent | head -1`), and that says
 * nothing of the command. Without this, Node ends it with 1.
 */
export function watchOutput(): Output {
  let failed = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failed = true;
    });
  }
  return {
    get failed() {
      return failed;
    },
  };
}
