import type { Bytes } from '../../src/protocol/bytes.ts';
import type { Established } from '../../src/protocol/handshake/established.ts';
import { encryptMessage } from '../../src/protocol/session/encrypt-message.ts';
import {
  checkEnvelope,
  openEnvelope,
  type ReceivedPayload,
  readEnvelope,
} from '../../src/protocol/session/envelope.ts';
import { encryptResponse, readRequest, readResponse } from '../../src/protocol/session/exchange/exchange.ts';
import { Session } from '../../src/protocol/session/session.ts';
import { encodeBase64 } from '../../src/protocol/wire/base64.ts';
import type { EnvelopeForm, MessageBody } from '../../src/protocol/wire/envelope-form.ts';
import { headerJcs } from '../../src/protocol/wire/envelope-header.ts';
import type { Lengths } from './floor.ts';
import type { Line, Side } from './line.ts';

/** What goes each way, and in which form. */
export interface Load {
  readonly size: number;
  readonly form: EnvelopeForm;
  /** How the bytes go: as text in the JSON, or as bytes beside it. */
  readonly as: 'text' | 'bytes';
}

/** Requests of one size answered by as much, in memory, over sessions between two agents. */
export class Exchange {
  readonly #line: Line;
  readonly #established: readonly [Established, Established];
  readonly #load: Load;
  readonly #text: string;
  readonly #attachment: Bytes | undefined;
  #near: Session;
  #far: Session;
  #requests = 0;

  constructor(line: Line, established: readonly [Established, Established], load: Load) {
    this.#line = line;
    this.#established = established;
    this.#load = load;
    this.#text = load.as === 'text' ? 'Hello Helper! '.repeat(load.size / 14 + 1).slice(0, load.size) : '';
    this.#attachment = load.as === 'bytes' ? new Uint8Array(load.size).fill(0x61) : undefined;
    this.#near = new Session(established[0]);
    this.#far = new Session(established[1]);
  }

  /** Begins with sessions that no message was sent in: key updates are measured by themselves. */
  readonly renew = (): void => {
    this.#near = new Session(this.#established[0]);
    this.#far = new Session(this.#established[1]);
  };

  /** Returns the lengths of what the cryptography of a request and its answer works on. */
  async lengths(): Promise<readonly Lengths[]> {
    const lengths: Lengths[] = [];
    await this.roundTrip((body) => {
      const { encrypted_payload, ...header } = readEnvelope(body).value;
      lengths.push({ plaintext: encrypted_payload.ciphertext.length, header: headerJcs(header).length });
    });
    return lengths;
  }

  /** Sends a request and takes its answer in. */
  readonly roundTrip = async (seen?: (body: MessageBody) => void): Promise<void> => {
    const { client, server } = this.#line;
    const { form } = this.#load;
    const request_id = `request-${this.#requests++}`;
    const request = {
      ...{ message_type: 'REQUEST', request_id, method: 'echo', parameters: { text: this.#text } },
      nonce: encodeBase64(client.context.environment.random(16)),
    };
    const posted = await encryptMessage(client.context, this.#near, request, { form, attachment: this.#attachment });
    seen?.(posted);
    const asking = readRequest(server.context, this.#far, await decrypted(server, this.#far, posted));
    const { value, attachment } = asking;
    const result = value.message_type === 'REQUEST' ? value.parameters : null;
    const json = { message_type: 'RESPONSE', request_id: value.request_id, status: 'SUCCESS', result };
    const answer = await encryptResponse(server.context, this.#far, asking, { json, attachment });
    seen?.(answer);
    readResponse(await decrypted(client, this.#near, answer), request_id);
  };
}

async function decrypted({ context }: Side, session: Session, body: MessageBody): Promise<ReceivedPayload> {
  return openEnvelope(context, session, await checkEnvelope(context, session, readEnvelope(body)));
}
