import { readFile } from 'node:fs/promises';
import {
  AuthorizationError,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';

/** Milliseconds between tries to reach a NATS server that has gone; it is tried for as long as this process lives. */
const reconnectMs = 500;
/** Milliseconds that a NATS server has to greet. */
const connectMs = 5_000;
/** Milliseconds between signs of life: a NATS server that hangs counts as gone after two that were not answered. */
const pingMs = 2_000;

/** How NATS is reached. Credentials are files, or part of a URL; at most one kind is given. */
export interface NatsOptions {
  /** One or more URLs with commas between them; the first may name a user and a password, or a token. */
  readonly urls: string;
  /** File of a JWT and its seed, as `nsc` writes it. */
  readonly creds?: string | undefined;
  /** File of an nkey seed. */
  readonly nkey?: string | undefined;
  /** PEM files: the CAs that NATS's certificate is checked against, and this server's own certificate and key. */
  readonly tls?: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
}

/**
 * Connects to NATS. What this connection publishes does not come back to it. Rejects with `storage_failed` and one sentence
 * for each of: an address where nobody answers, credentials that are refused, TLS that fails, a file that cannot be read. No
 * URL and no secret is part of it.
 */
export async function connectToNats(options: NatsOptions): Promise<NatsConnection> {
  const connection = await connectionOptions(options);
  try {
    return await connect(connection);
  } catch (cause) {
    throw new ParleyError('storage_failed', reasonOf(cause, connection.tls !== undefined), { cause });
  }
}

async function connectionOptions({ urls, creds, nkey, tls = {} }: NatsOptions): Promise<ConnectionOptions> {
  const parsed = urls.split(',').map((url) => new URL(url.trim()));
  const [first] = parsed;
  const user = decodeURIComponent(first?.username ?? '');
  const pass = decodeURIComponent(first?.password ?? '');
  const hasTls = first?.protocol === 'tls:' || Object.values(tls).some((file) => file !== undefined);
  const authenticator =
    creds !== undefined
      ? { authenticator: credsAuthenticator(await secretIn(creds, /BEGIN NATS USER JWT[\s\S]*BEGIN USER NKEY SEED/)) }
      : nkey !== undefined
        ? { authenticator: nkeyAuthenticator(await secretIn(nkey, /^SU[A-Z2-7]{56}$/)) }
        : {};
  return {
    servers: parsed.map(({ host }) => host),
    name: 'parley',
    noEcho: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    timeout: connectMs,
    pingInterval: pingMs,
    maxPingOut: 2,
    // Credentials that were refused may be right again after a reload of NATS: it is tried on.
    ignoreAuthErrorAbort: true,
    ...authenticator,
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
    ...(hasTls ? { tls: await tlsOptions(tls) } : {}),
  };
}

async function tlsOptions({ ca, cert, key }: NonNullable<NatsOptions['tls']>) {
  const text = async (path: string) => new TextDecoder().decode(await bytesOf(path));
  return {
    ...(ca === undefined ? {} : { ca: await text(ca) }),
    ...(cert === undefined ? {} : { cert: await text(cert) }),
    ...(key === undefined ? {} : { key: await text(key) }),
  };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new ParleyError('storage_failed', `The file ${path}, which NATS needs, cannot be read.`, { cause });
  }
}

/** What a file holds, without the white space around it. Rejects unless it has the form of what it should be. */
async function secretIn(path: string, form: RegExp): Promise<Uint8Array> {
  const text = new TextDecoder().decode(await bytesOf(path)).trim();
  if (!form.test(text)) throw new ParleyError('storage_failed', `${path} holds no credentials for NATS.`);
  return new TextEncoder().encode(text);
}

/** Why NATS could not be reached, and what to change. */
function reasonOf(error: unknown, usesTls: boolean): string {
  const causes = chain(error);
  if (causes.some((cause) => cause instanceof AuthorizationError || cause instanceof UserAuthenticationExpiredError)) {
    return 'NATS refuses these credentials. Check the user and password in NATS_URL, or the creds or nkey file.';
  }
  const text = causes.map((cause) => `${'code' in cause ? cause.code : ''} ${cause.message}`).join(' ');
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) {
    return 'The host in NATS_URL is not known. Check its spelling, and the name service of this machine.';
  }
  // A client certificate that is missed is told only after the handshake: the server says nothing more.
  const isThere = !/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|refused/i.test(text);
  if (isThere && (usesTls || /\b(tls|ssl|certificate)\b|ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|UNABLE_TO/i.test(text))) {
    return 'The TLS connection to NATS failed. Check that nats-server speaks TLS, and the --nats-ca, --nats-cert and --nats-key files.';
  }
  return 'NATS does not answer at the address in NATS_URL. Check the host and port, and that nats-server runs.';
}

function chain(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause) causes.push(at);
  return causes;
}
