import { build, type Plugin, type PreviewServer, preview } from 'vite';
import { expect, test } from './harness.ts';

const outDir = 'test-results/weakened-lab';
const port = Number(process.env.PARLEY_TEST_PORT ?? 4183) + 1;

/** Where a check of the product is, and what stands in its place here. */
const weakness = {
  file: '/src/protocol/handshake/message-signature.ts',
  check: 'verifyPss(subtle, key, signature, scratch.concat(label(text), th.hash, signed)),',
  instead: 'verifyPss(subtle, key, signature, scratch.concat(label(text), th.hash, signed)).then(() => true),',
};

/** Takes one check out of the product's source while it is built. A check that is not found fails the build. */
function withoutSignatureCheck(taken: string[]): Plugin {
  return {
    name: 'without-signature-check',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(weakness.file)) return undefined;
      if (code.split(weakness.check).length !== 2) this.error(`The check to take out is not in ${weakness.file} once.`);
      taken.push(id);
      return { code: code.replace(weakness.check, weakness.instead), map: null };
    },
  };
}

test.describe('a build without the check of message signatures', () => {
  let server: PreviewServer;

  test.beforeAll(async () => {
    const taken: string[] = [];
    await build({
      logLevel: 'error',
      plugins: [withoutSignatureCheck(taken)],
      worker: { plugins: () => [withoutSignatureCheck(taken)] },
      build: { outDir, emptyOutDir: true, sourcemap: false },
    });
    expect(taken.length, 'modules built without the check').toBeGreaterThan(0);
    server = await preview({ logLevel: 'error', build: { outDir }, preview: { port, strictPort: true } });
  });

  test.afterAll(async () => {
    await server.close();
  });

  test('the lab reports the altered hello as accepted, loudly, and what other checks find as refused', async ({
    page,
  }) => {
    test.slow();
    await page.goto(`http://localhost:${port}/lab/man-in-the-middle`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled({ timeout: 60_000 });

    await expect(page.locator('a[href="/lab/man-in-the-middle"]')).toContainText('BROKEN');
    const attempts = page.getByRole('region', { name: 'Attempts' });
    const row = (title: string) => attempts.getByRole('link', { name: title, exact: false });
    await expect(row('CLIENT_HELLO.signature altered')).toContainText('SUCCEEDED');
    await expect(row('CLIENT_HELLO.sender_id altered')).not.toContainText('SUCCEEDED');
    await expect(attempts.getByRole('heading')).toContainText(/✕ \d+ BROKEN/);

    await row('CLIENT_HELLO.nonce altered').click();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await expect(verdict).toContainText('The attack SUCCEEDED: this must not be');
    await expect(verdict.getByRole('list')).not.toBeEmpty();
  });
});
