import { vi } from 'vitest';

/** Milliseconds that something has to happen where a test waits for it: making RSA keys takes seconds on a busy machine. */
const patienceMs = 60_000;

// `expect.poll` and hooks have settings for this; `vi.waitFor` has a second unless each call says otherwise.
const { waitFor } = vi;
vi.waitFor = (callback, options = {}) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: patienceMs, ...options });
