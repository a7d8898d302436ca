import { readFileSync } from 'node:fs';
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
import type { Named } from '../file/file-fault.ts';
import { readNamedFile } from '../file/read-file.ts';

/** Milliseconds between tries to reach a NATS server that has gone; it is tried for as long as this process lives. */
const reconnectMs = 500;
/** Milliseconds that a NATS server has to greet. */
const connectMs = 5_000;
/** Milliseconds between signs of life: a NATS server that hangs counts as gone after two that were not answered. */
const pingMs = 2_000;

/** Bytes of a file with credentials or certificates. */
const largestFile = 1024 * 1024;

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
 * for each of: an address where nobody answers, credentials that are refused, TLS that fails; with `invalid_input` for a file that
 * cannot be used. No URL and no secret is part of it.
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
      ? {
          authenticator: credsAuthenticator(
            await latestSecretIn(
              named('--nats-creds (NATS_CREDS)', creds),
              /BEGIN NATS USER JWT[\s\S]*BEGIN USER NKEY SEED/,
            ),
          ),
        }
      : nkey !== undefined
        ? {
            authenticator: nkeyAuthenticator(
              await latestSecretIn(named('--nats-nkey (NATS_NKEY)', nkey), /^SU[A-Z2-7]{56}$/),
            ),
          }
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

/** Paths, not contents: each new connection reads the files as they are then. */
async function tlsOptions({ ca, cert, key }: NonNullable<NatsOptions['tls']>) {
  const checked = async (flag: string, path: string) => {
    await textIn(named(flag, path), /-----BEGIN [A-Z0-9 ]+-----/, 'PEM');
    return path;
  };
  return {
    ...(ca === undefined ? {} : { caFile: await checked('--nats-ca (NATS_CA)', ca) }),
    ...(cert === undefined ? {} : { certFile: await checked('--nats-cert (NATS_CERT)', cert) }),
    ...(key === undefined ? {} : { keyFile: await checked('--nats-key (NATS_KEY)', key) }),
  };
}

function named(flag: string, path: string): Named {
  return { flag, path };
}

/**
 * Returns what gives the credentials in a file as they are when a connection is made: those of NATS expire, and are renewed in their
 * place. A file that is gone or has another form gives those of before. Rejects unless it has the form of what it should be now.
 */
async function latestSecretIn(file: Named, form: RegExp): Promise<() => Uint8Array> {
  let latest = await textIn(file, form, 'credentials for NATS');
  return () => {
    try {
      // NATS's client asks for them in one go.
      const text = readFileSync(file.path, 'utf8').trim();
      if (form.test(text)) latest = text;
    } catch (error) {
      if (!isError(error)) throw error;
    }
    return new TextEncoder().encode(latest);
  };
}

async function textIn(file: Named, form: RegExp, what: string): Promise<string> {
  const text = new TextDecoder().decode(await readNamedFile(file, largestFile)).trim();
  if (form.test(text)) return text;
  throw new ParleyError('invalid_input', `${file.flag} is ${file.path}, which holds no ${what}. Name another file.`);
}

/** Returns a sentence of why NATS could not be reached, and what to change. */
function reasonOf(error: unknown, usesTls: boolean): string {
  const causes = chain(error);
  if (causes.some((cause) => cause instanceof AuthorizationError || cause instanceof UserAuthenticationExpiredError)) {
    return 'NATS refuses these credentials. Check the user and password in --nats (NATS_URL), or the file of --nats-creds or --nats-nkey.';
  }
  const text = causes.map((cause) => `${'code' in cause ? cause.code : ''} ${cause.message}`).join(' ');
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) {
    return 'The host in --nats (NATS_URL) is not known. Check its spelling, and the name service of this machine.';
  }
  // A client certificate that is missed is told only after the handshake: the server says nothing more.
  const isThere = !/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|refused/i.test(text);
  if (isThere && (usesTls || /\b(tls|ssl|certificate)\b|ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|UNABLE_TO/i.test(text))) {
    return 'The TLS connection to NATS failed. Check that nats-server speaks TLS, and the --nats-ca, --nats-cert and --nats-key files.';
  }
  return 'NATS does not answer at the address in --nats (NATS_URL). Check the host and port, and that nats-server runs.';
}

function chain(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause) causes.push(at);
  return causes;
}
