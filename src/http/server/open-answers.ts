import type { Server, ServerResponse } from 'node:http';

/** The answers that a server is giving, so that it can wait for them before it ends. */
export class OpenAnswers {
  readonly #open = new Set<ServerResponse>();

  constructor(server: Server) {
    server.on('request', (_, answer: ServerResponse) => {
      this.#open.add(answer);
      answer.once('close', () => this.#open.delete(answer));
    });
  }

  get underWay(): number {
    return this.#open.size;
  }
}
