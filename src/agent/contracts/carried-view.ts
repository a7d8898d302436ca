/**
 * What two envelopes were about, as their agents alone know: a part of a stream, the end of a request, or a request whose answer is a stream
 * or is still to come. Everything else is shown as the exchange that it is.
 */
export interface CarriedView {
  readonly asked: 'REQUEST' | 'STREAM_READ' | 'STREAM_WRITE' | 'CANCEL';
  /** Of the stream that was read or written, or that the request or its answer brought. */
  readonly streamId?: string;
  /** The request that CANCEL ends. */
  readonly cancels?: string;
  /** Where a part begins, in bytes of the stream. */
  readonly from?: number;
  /** Bytes that a write brought, or a read was given. */
  readonly length?: number;
  /** True when the part is the last one. */
  readonly isDone?: boolean;
  readonly answered?: 'SUCCESS' | 'ERROR' | 'STREAM' | 'PENDING';
  /** Of an ERROR. */
  readonly code?: string;
}
