import * as v from 'valibot';
import { expect } from 'vitest';
import { decodeBase64 } from '../../protocol/wire/base64.ts';
import type { FetchApp } from '../controller.ts';
import { answerChallenge, baseUrl, type Registrant, registration, type Signing } from './registrant.ts';

const started = v.strictObject({ registration_id: v.string(), challenge: v.string() });
const done = v.strictObject({
  certificate: v.strictObject({ signing: v.string(), encryption: v.string() }),
  ca_certificate: v.string(),
});

/** Posts JSON; `headers` besides the content type. */
export function post(
  app: FetchApp,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return app.fetch(
    new Request(baseUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}

export function get(app: FetchApp, path: string): Promise<Response> {
  return app.fetch(new Request(baseUrl + path));
}

/** The first half of a registration. */
export async function start(app: FetchApp, registrant: Registrant, signing: Signing = {}) {
  const response = await post(app, '/controller/register', await registration(registrant, signing));
  expect(response.status).toBe(201);
  return v.parse(started, await response.json());
}

/** The second half. */
export async function confirm(app: FetchApp, registrant: Registrant, begun: v.InferOutput<typeof started>) {
  return post(app, `/controller/register/${begun.registration_id}/confirm`, {
    challenge_response: await answerChallenge(registrant, begun),
  });
}

/** Registers from beginning to end; DER of what comes home. */
export async function register(app: FetchApp, registrant: Registrant, signing: Signing = {}) {
  const response = await confirm(app, registrant, await start(app, registrant, signing));
  expect(response.status).toBe(201);
  const { certificate, ca_certificate } = v.parse(done, await response.json());
  return {
    certificates: { signing: decodeBase64(certificate.signing), encryption: decodeBase64(certificate.encryption) },
    caCertificate: decodeBase64(ca_certificate),
  };
}

/** The code of a refusal; checks that the answer is a whole problem+json. */
export async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = v.parse(
    v.object({ type: v.string(), title: v.string(), status: v.number(), code: v.string(), detail: v.string() }),
    await response.json(),
  );
  expect(problem.type).toBe(`urn:parley:error:${problem.code}`);
  expect(problem.status).toBe(response.status);
  return problem.code;
}
