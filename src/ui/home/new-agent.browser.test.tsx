import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import { ParleyError } from '../../protocol/errors.ts';
import { NewAgent } from './new-agent.tsx';

/** Look-ups in the directory that wait to be answered by the test, the first one first. */
const lookUps = vi.hoisted((): PromiseWithResolvers<readonly object[]>[] => []);
vi.mock('../state/directory-names.ts', () => ({
  readNames: () => {
    const lookUp = Promise.withResolvers<readonly object[]>();
    lookUps.push(lookUp);
    return lookUp.promise;
  },
}));

let root: Root;
let visited: readonly string[];

beforeEach(async () => {
  lookUps.length = 0;
  const { hook, history } = memoryLocation({ path: '/', record: true });
  visited = history;
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <Router hook={hook}>
      <NewAgent />
    </Router>,
  );
  await userEvent.click(page.getByRole('button', { name: '+ New agent' }));
  await userEvent.fill(name, 'scout_agent_001');
  await userEvent.click(page.getByRole('button', { name: 'Open it' }));
  await expect.element(page.getByRole('button', { name: 'Asking the directory' })).toBeDisabled();
  await expect.poll(() => lookUps.length).toBe(1);
});
afterEach(() => {
  root.unmount();
  document.body.replaceChildren();
});

const name = page.getByLabelText('agent_id');
const nobodyThere = () => lookUps[0]?.resolve([]);
/** Until everything that waits for an answer has had it, and the page has been drawn. */
const settled = () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)));

test('a name that is free is opened', async () => {
  nobodyThere();
  await expect.poll(() => visited.at(-1)).toBe('/agent/scout_agent_001');
});

test('Cancel cancels: an answer that comes afterwards leads nowhere', async () => {
  await userEvent.click(page.getByRole('button', { name: 'Cancel' }));
  nobodyThere();
  await settled();
  expect(visited).toEqual(['/']);
});

test('an answer about a name that was edited meanwhile is not said of the other', async () => {
  await userEvent.fill(name, 'scout_agent_002');
  await expect.element(page.getByRole('button', { name: 'Open it' })).toBeEnabled();
  nobodyThere();
  await settled();
  expect(visited).toEqual(['/']);
  await userEvent.click(page.getByRole('button', { name: 'Open it' }));
  await expect.poll(() => lookUps.length).toBe(2);
  lookUps[1]?.resolve([]);
  await expect.poll(() => visited.at(-1)).toBe('/agent/scout_agent_002');
});

test('a directory that cannot be read keeps nobody from trying', async () => {
  lookUps[0]?.reject(new ParleyError('controller_unreachable', 'The directory cannot be read.'));
  await expect.poll(() => visited.at(-1)).toBe('/agent/scout_agent_001');
});

test('what nobody foresaw is said, and one can try again', async () => {
  lookUps[0]?.reject(new RangeError('A defect.'));
  await expect.element(page.getByRole('button', { name: 'Open it' })).toBeEnabled();
  await expect.element(name).toHaveAccessibleDescription(/unexpected/i);
  expect(visited).toEqual(['/']);
});
