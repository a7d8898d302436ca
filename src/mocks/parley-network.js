// Carries only what agents and the Controller are asked, and leaves everything else to the browser: a page must never
// wait for another tab to open. What is carried is answered by the tab that asked, through MSW's worker below.
const agentPath = /\/agent\/(handshake|message|session\/[^/]+)$/;

addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isController = origin === location.origin && pathname.startsWith('/controller/');
  if (!isController && !agentPath.test(pathname)) event.stopImmediatePropagation();
});

importScripts('/mockServiceWorker.js');
