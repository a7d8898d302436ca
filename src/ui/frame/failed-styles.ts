/** Style sheets of views that could not be loaded. The build adds each once, so that nobody else asks for them again. */
const failed = new Set<HTMLLinkElement>();

document.addEventListener(
  'error',
  ({ target }) => {
    // What an extension adds to the page is none of the app's: no view waits for it.
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet' && isOfTheApp(target)) failed.add(target);
  },
  // An error of an element does not bubble.
  { capture: true },
);

function isOfTheApp({ href }: HTMLLinkElement): boolean {
  return URL.canParse(href) && new URL(href).origin === location.origin;
}

/** Loads style sheets that could not be loaded before. Rejects with the browser's event when one still cannot. */
export async function loadFailedStyles(): Promise<void> {
  await Promise.all([...failed].map(loadAgain));
}

function loadAgain(link: HTMLLinkElement): Promise<void> {
  const again = document.createElement('link');
  again.rel = 'stylesheet';
  again.crossOrigin = link.crossOrigin;
  again.href = link.href;
  failed.delete(link);
  return new Promise((resolve, reject) => {
    again.addEventListener('load', () => resolve());
    again.addEventListener('error', reject);
    link.replaceWith(again);
  });
}
