/**
 * npm that is told to end takes only its shell along. This process, when npm started it, notices that its parent has
 * gone and ends as if it had been told itself, so that no server is left behind.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
