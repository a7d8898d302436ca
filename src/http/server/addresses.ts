import { isIP } from 'node:net';
import { isNamed } from '../../protocol/realm.ts';
import { parseBaseUrl } from '../base-url.ts';

/** True for `https://host` or `http://host:port`, spelled as an origin. */
function isBaseUrl(text: string): boolean {
  return parseBaseUrl(text) === text;
}

/** True for an origin as browsers send it. Extensions and apps have schemes of their own. */
export function isOrigin(text: string): boolean {
  return text.startsWith('http') ? isBaseUrl(text) : /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(text);
}

/** True for one or more URLs of NATS with commas between them. */
export function isNatsUrls(text: string): boolean {
  return text.split(',').every((url) => /^(nats|tls):\/\/[^/]/.test(url.trim()) && isUrlToDecode(url.trim()));
}

/** True for a URL whose user and password can be percent-decoded. */
function isUrlToDecode(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch (error) {
    if (!isNamed(error, 'URIError')) throw error;
    return false;
  }
}

/** True for a name of the DNS or an IP address. */
export function isHost(text: string): boolean {
  const bare = withoutBrackets(text);
  return isIP(bare) !== 0 || (/^[a-z0-9._-]{1,253}$/i.test(text) && URL.canParse(`http://${text}:1`));
}

/** True for the address that stands for all of this machine. */
export function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || withoutBrackets(host) === '::';
}

/** Returns the base URL of a server at its host and port, spelled as browsers spell it, because agents sign it. */
export function addressOfServer(at: { readonly host: string; readonly port: number; readonly isTls: boolean }): string {
  const bare = withoutBrackets(at.host);
  const host = bare.includes(':') ? `[${bare}]` : bare;
  return new URL(`${at.isTls ? 'https' : 'http'}://${host}:${at.port}`).origin;
}

/** Returns the host of a URL as a socket needs it: an IPv6 address without brackets. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** True for names and addresses of this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host) || host.endsWith('.localhost');
}
