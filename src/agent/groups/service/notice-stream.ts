import * as v from 'valibot';
import { notice } from '../../../group/wire/delivery-answers.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { parseObject } from '../../../protocol/wire/parse.ts';
import type { DeliveryNotice } from '../../contracts/notices.ts';
import { readEvents } from '../../controller/event-reader.ts';
import type { DeliveryHttp } from './delivery-http.ts';
import type { DeliveryToken } from './delivery-token.ts';

/** Characters of a notice: its groups are 256 at most. */
const longestNotice = 64 * 1_024;

/** Whoever reads the stream. */
export interface NoticeReader {
  noticed(notice: DeliveryNotice): void;
  /** Hears of every part of the stream, comments included: the connection is alive. */
  alive(): void;
}

/** The service's stream of notices (groups page, section 4: GET /delivery/events), for agents without a line that carries them. */
export class NoticeStream {
  readonly #http: DeliveryHttp;
  readonly #token: DeliveryToken;

  constructor(http: DeliveryHttp, token: DeliveryToken) {
    this.#http = http;
    this.#token = token;
  }

  /** Reads notices until the stream ends, then resolves. Rejects as `DeliveryHttp.stream`, and when the stream breaks off. */
  async listen(reader: NoticeReader, signal: AbortSignal): Promise<void> {
    const token = await this.#token.get();
    const response = await this.#http.stream('/delivery/events', token, signal).catch((cause: unknown) => {
      if (cause instanceof ParleyError && cause.code === 'not_authorized') this.#token.refused(token);
      throw cause;
    });
    await readEvents(response, {
      heard: (type, data) => {
        const read = type === 'notice' ? noticeIn(data) : undefined;
        if (read !== undefined) reader.noticed(read);
      },
      alive: () => reader.alive(),
    });
  }
}

/** Returns the notice in an event; undefined for what is none, which is passed over: the next look finds what is new. */
function noticeIn(data: string): DeliveryNotice | undefined {
  try {
    const read = v.safeParse(notice, parseObject(new TextEncoder().encode(data), longestNotice));
    return read.success ? { inbox: read.output.inbox ?? 0, groups: read.output.groups } : undefined;
  } catch (cause) {
    asParleyError(cause);
    return undefined;
  }
}
