import type { HandshakeContext } from '../../src/protocol/handshake/context.ts';
import type { Established } from '../../src/protocol/handshake/established.ts';
import {
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../../src/protocol/handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../../src/protocol/handshake/full/responder.ts';
import { readHandshake } from '../../src/protocol/handshake/received.ts';
import type { BenchAgent } from '../agents.ts';

/** Both agents and what each is handed. */
export interface Line {
  readonly client: Side;
  readonly server: Side;
}

/** One agent and what it is handed. */
export interface Side {
  readonly agent: BenchAgent;
  readonly context: HandshakeContext;
}

/** Does a whole handshake in memory; gives what each side holds afterwards. */
export async function handshake({ client, server }: Line): Promise<readonly [Established, Established]> {
  const hello = await initiateHandshake(client.context, client.agent.own, server.agent.asPeer);
  const answer = await handleClientHello(server.context, server.agent.own, readHandshake(hello.body));
  const confirm = await handleServerHello(client.context, hello.state, answer.body);
  const established = await handleClientConfirm(server.context, answer.state, readHandshake(confirm.body));
  return [await handleSessionEstablished(client.context, confirm.state, established.body), established.state];
}
