// Runs before the first paint, so that a chosen theme never flashes the other one.
try {
  const theme = localStorage.getItem('parley:theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (cause) {
  // A site that may store nothing has no choice stored: the system's theme holds.
  if (cause.name !== 'SecurityError') throw cause;
}
