import { KeyUpdater } from '../../../agent/messages/key-updater.ts';
import { MessageExchange } from '../../../agent/messages/message-exchange.ts';
import type { Environment } from '../../crypto/environment.ts';
import { generateX25519 } from '../../crypto/x25519.ts';
import { ParleyError, toldToOthers, toProblem } from '../../errors.ts';
import type { Established } from '../../handshake/established.ts';
import { checkEnvelope, openEnvelope, readEnvelope } from '../../session/envelope.ts';
import type { Epoch } from '../../session/epoch/epoch.ts';
import { type Answer, encryptResponse, readRequest } from '../../session/exchange/exchange.ts';
import { Session } from '../../session/session.ts';
import { unobserved } from '../../trace/events.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import type { MessageBody } from '../../wire/envelope-form.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { ResponsePayload } from '../../wire/payload.ts';
import { clock } from './fixture.ts';
import { refusal } from './tamper.ts';

/** What the wire does to one request and its answer. */
export type Fate = 'arrives' | 'request lost' | 'answer lost' | 'doubled';

const encoder = new TextEncoder();

/** Both ends of one session, and a wire between them. The agents' own code sends, waits and updates keys; it repeats nothing by itself. */
export class Pair {
  seconds = clock;
  readonly client: Session;
  readonly server: Session;
  /** What each end was asked, by request_id. */
  readonly ran: string[] = [];
  readonly #platform: Environment;
  readonly #updater: KeyUpdater;
  /** What happens to the update that an end has under way. */
  readonly #fates = new Map<Session, Fate>();
  #ids = 0;

  constructor(platform: Environment, ends: { readonly client: Established; readonly server: Established }) {
    this.#platform = platform;
    // A session erases its keys at its end: each pair gets buffers of its own.
    const own = ({ keys, ...rest }: Established): Established => ({
      ...rest,
      keys: { ...keys, clientIv: keys.clientIv.slice(), serverIv: keys.serverIv.slice() },
    });
    this.client = new Session(own(ends.client));
    this.server = new Session(own(ends.server));
    const { carrier } = this;
    const exchange = new MessageExchange({
      ...carrier('arrives'),
      post: (from, body) => carrier(this.#fates.get(from) ?? 'arrives').post(from, body),
    });
    this.#updater = new KeyUpdater({
      exchange,
      lostAnswers: { repeat: (_session, _waits, ask) => ask() },
      sessions: { renewed: () => undefined },
      newId: () => `${this.#ids++}`,
    });
  }

  get context() {
    return { environment: { ...this.#platform, now: () => 1_000 * this.seconds }, observe: unobserved };
  }

  /** The other end of the session. */
  peerOf(from: Session): Session {
    return from === this.client ? this.server : this.client;
  }

  /** Answers a posted envelope as an agent does. */
  async receive(to: Session, body: MessageBody): Promise<Answer> {
    const { context } = this;
    try {
      const checked = await checkEnvelope(context, to, readEnvelope(body));
      if (checked.isOfNextEpoch) await this.#updater.settle(to);
      const request = readRequest(context, to, await openEnvelope(context, to, checked));
      const { value, json, epoch } = request;
      const response =
        value.message_type === 'KEY_UPDATE'
          ? await to.answerKeyUpdate(context, { value, json, epoch })
          : this.#run(value.request_id);
      const { bytes, form } = await encryptResponse(context, to, request, { json: response });
      return { ok: true, body: bytes, form };
    } catch (error) {
      return { ok: false, form: 'json', body: encoder.encode(JSON.stringify(toProblem(toldToOthers(error)))) };
    }
  }

  #run(request_id: string): JsonObject {
    this.ran.push(request_id);
    return { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: null };
  }

  readonly carrier = (fate: Fate) => ({
    contextOf: () => this.context,
    post: async (from: Session, body: MessageBody): Promise<Answer> => {
      const to = this.peerOf(from);
      const lost = () => new ParleyError('peer_unreachable', 'lost');
      if (fate === 'request lost') throw lost();
      const answers = await Promise.all([
        this.receive(to, body),
        ...(fate === 'doubled' ? [this.receive(to, body)] : []),
      ]);
      if (fate === 'answer lost') throw lost();
      return answers[0];
    },
  });

  /** Sends a message as an agent does; its RESPONSE. */
  async ask(
    from: Session,
    message: JsonObject & { readonly request_id: string },
    { fate = 'arrives', epoch }: { readonly fate?: Fate; readonly epoch?: Epoch } = {},
  ): Promise<ResponsePayload> {
    const exchange = new MessageExchange(this.carrier(fate));
    const answer = await exchange.ask(from, message, { deadlineMs: 0 }, epoch === undefined ? {} : { epoch });
    if (answer.isOfNextEpoch) await this.#updater.settle(from);
    return (await exchange.open(from, message, answer)).value;
  }

  /** Sends a request; the code of its refusal, or `accepted`. */
  send(from: Session, fate: Fate = 'arrives', id = `request-${this.#ids++}`): Promise<string> {
    const nonce = encodeBase64(this.#platform.random(16));
    const message = { message_type: 'REQUEST', request_id: id, method: 'echo', parameters: null, nonce };
    return refusal(() => this.ask(from, message, { fate }));
  }

  /** Updates the keys, once for all who ask at the same time; the code of the refusal, or `accepted`. */
  async update(from: Session, fate: Fate = 'arrives'): Promise<string> {
    const isFirst = !this.#fates.has(from);
    if (isFirst) this.#fates.set(from, fate);
    try {
      return await refusal(() => this.#updater.update(from));
    } finally {
      if (isFirst) this.#fates.delete(from);
    }
  }

  /** Updates the keys, and gives the request_id under which that was asked. */
  async updated(from: Session): Promise<string> {
    const requestId = `update_${this.#ids}`;
    await this.#updater.update(from);
    return requestId;
  }

  /** Makes a KEY_UPDATE with fresh shares. */
  async keyUpdate(request_id: string) {
    const { subtle, kem, random } = this.#platform;
    const [{ publicKey }, { encapsulationKey }] = await Promise.all([generateX25519(subtle), kem.generate()]);
    return {
      message_type: 'KEY_UPDATE',
      request_id,
      key_shares: { x25519: encodeBase64(publicKey), ml_kem_768: encodeBase64(encapsulationKey) },
      nonce: encodeBase64(random(16)),
    };
  }

  epochs(): [number, number] {
    return [this.client.epochNumber, this.server.epochNumber];
  }
}
