import { connect } from 'node:net';

/** What came back over a socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Milliseconds an answer may take: a busy machine has time, a test that waits for nothing ends. */
const deadlineMs = 20_000;

/** Sends `parts` as they are to a port of this machine; the answer, read until the server closes the connection. */
export function rawHttp(port: number, ...parts: readonly string[]): Promise<RawAnswer> {
  return rawHttpAt('localhost', port, ...parts);
}

/** `rawHttp` at another address of this machine. */
export function rawHttpAt(host: string, port: number, ...parts: readonly string[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    let text = '';
    socket.setTimeout(deadlineMs, () => socket.destroy(new Error(`no answer: ${text}`)));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    // A server that has refused a body resets the connection while the rest of it is still coming.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(readAnswer(text))));
    socket.on('close', () => resolve(readAnswer(text)));
    for (const part of parts) socket.write(part, 'latin1');
  });
}

/** A POST whose body is sent in chunks (RFC 9112, section 7.1), none of them announced. */
export function chunkedPost(path: string, chunks: readonly string[], host = 'localhost'): readonly string[] {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
  ];
  return [
    `${head.join('\r\n')}\r\n\r\n`,
    ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`),
    '0\r\n\r\n',
  ];
}

function readAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') };
}
