import type { Bytes } from '../../protocol/bytes.ts';
import { encryptMessage } from '../../protocol/session/encrypt-message.ts';
import { type CheckedEnvelope, checkEnvelope, openEnvelope } from '../../protocol/session/envelope.ts';
import type { Epoch } from '../../protocol/session/epoch/epoch.ts';
import { type ReceivedResponse, readAnswer, readResponse } from '../../protocol/session/exchange/exchange.ts';
import type { MessageContext } from '../../protocol/session/message-context.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { Carrier, Posting } from './carrier.ts';

/** A payload that is answered. */
export type Message = JsonObject & { readonly request_id: string };

/** Exchanges encrypted messages with the peers of sessions (protocol page, section 4): each is posted once, and its answer is opened. */
export class MessageExchange {
  readonly #carrier: Carrier;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Returns what the session's messages are made and checked with. */
  contextOf(session: Session): MessageContext {
    return this.#carrier.contextOf(session);
  }

  /**
   * Encrypts and posts a message, in the newest epoch unless one is given. Returns the envelope that answers, checked and not yet opened:
   * one of the next epoch waits for this side's key update. Rejects with what `encryptMessage`, the carrier and `checkEnvelope` throw,
   * with the code of a problem answer, and with `invalid_answer`.
   */
  async ask(
    session: Session,
    message: Message,
    posting: Posting,
    { epoch, attachment }: { readonly epoch?: Epoch; readonly attachment?: Bytes | undefined } = {},
  ): Promise<CheckedEnvelope> {
    const context = this.#carrier.contextOf(session);
    const isData = message.message_type !== 'CLOSE' && message.message_type !== 'KEY_UPDATE';
    const sending = { isData, attachment, ...(epoch === undefined ? {} : { epoch }) };
    const body = await encryptMessage(context, session, message, sending);
    const answer = await this.#carrier.post(session, body, posting);
    return checkEnvelope(context, session, readAnswer(answer));
  }

  /** Decrypts the answer to a message. Rejects with what `openEnvelope` throws, and with `invalid_answer` for anything but its RESPONSE. */
  async open(session: Session, message: Message, answer: CheckedEnvelope): Promise<ReceivedResponse> {
    const received = await openEnvelope(this.#carrier.contextOf(session), session, answer);
    return readResponse(received, message.request_id);
  }
}
