import { useRef } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useWantedFocus, type WantedFocus } from './wanted-focus.tsx';

let root: Root | undefined;
let focus: WantedFocus | undefined;

interface AreaProps {
  readonly hasBox: boolean;
}

function Area({ hasBox }: AreaProps) {
  const area = useRef<HTMLDivElement>(null);
  focus = useWantedFocus(area);
  return (
    <div ref={area}>
      <button type="button">Elsewhere</button>
      <p>{hasBox ? 'A box' : 'No box'}</p>
      {hasBox && (
        <div className="send">
          <textarea aria-label="box" />
        </div>
      )}
    </div>
  );
}

async function show(props: AreaProps): Promise<void> {
  root ??= createRoot(document.body.appendChild(document.createElement('div')));
  root.render(<Area {...props} />);
  await expect.element(page.getByText(props.hasBox ? 'A box' : 'No box')).toBeVisible();
}

const box = page.getByRole('textbox', { name: 'box' });
const elsewhere = page.getByRole('button', { name: 'Elsewhere' });

afterEach(() => {
  root?.unmount();
  root = undefined;
});

test('what is wanted gets the keyboard at once where it is there, else when it comes', async () => {
  await show({ hasBox: false });
  expect(focus?.want('box')).toBe(false);
  await show({ hasBox: true });
  await expect.element(box).toHaveFocus();
  await userEvent.click(elsewhere);
  expect(focus?.want('box')).toBe(true);
  await expect.element(box).toHaveFocus();
});

test('what comes after the person has clicked or pressed a key takes the keyboard from nobody', async () => {
  for (const act of [() => userEvent.click(elsewhere), () => userEvent.keyboard('{Tab}')]) {
    await show({ hasBox: false });
    elsewhere.element().focus();
    expect(focus?.want('box')).toBe(false);
    await act();
    await show({ hasBox: true });
    await expect.element(box).not.toHaveFocus();
  }
});
