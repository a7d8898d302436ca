import * as Comlink from 'comlink';
import { carryParleyErrors } from '../platform/error-transfer.ts';
import type { EngineOptions } from './api.ts';
import { EngineHost } from './host.ts';
import type { PagePort } from './page-port.ts';

carryParleyErrors();

/** The worker's one entry: the page gives the agent and its own port, and gets the host. */
export interface EngineWorker {
  open(options: EngineOptions, page: PagePort & Comlink.ProxyMarked): EngineHost & Comlink.ProxyMarked;
}

const entry: EngineWorker = {
  open(options, page) {
    const host = new EngineHost(options, page);
    void host.open(false);
    addEventListener('online', () => host.networkIsBack());
    return Comlink.proxy(host);
  },
};

Comlink.expose(entry);
