import * as v from 'valibot';
import { requestMessage, responseMessage } from '../../http/http-messages.ts';

/** The channel that all tabs of this origin share. */
export const channelName = 'parley:network';

const bridgeMessage = v.variant('type', [
  v.object({
    type: v.literal('request'),
    id: v.string(),
    hostId: v.string(),
    /** Milliseconds since 1970; the request must not be served after it. */
    deadline: v.number(),
    request: requestMessage,
  }),
  v.object({ type: v.literal('answer'), id: v.string(), response: responseMessage }),
  v.object({ type: v.literal('failure'), id: v.string() }),
]);

/** What travels between tabs. A `failure` means that the host could not answer. */
export type BridgeMessage = v.InferOutput<typeof bridgeMessage>;

/** One end of the channel between tabs. */
export interface BridgeChannel {
  post(message: BridgeMessage): void;
  close(): void;
}

/** Opens the channel; what is not a message of the bridge is ignored. */
export function openChannel(receive: (message: BridgeMessage) => void): BridgeChannel {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { success, output } = v.safeParse(bridgeMessage, data);
    if (success) receive(output);
  });
  let isClosed = false;
  return {
    // An answer may be ready after its channel was closed: posting it would throw where nobody catches.
    post: (message) => {
      if (!isClosed) channel.postMessage(message);
    },
    close: () => {
      isClosed = true;
      channel.close();
    },
  };
}
