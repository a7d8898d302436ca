/** Leaves out what Node says of interfaces that it calls experimental, such as ML-KEM in Web Crypto: nobody who runs a command can act on it. */
export function leaveOutExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
