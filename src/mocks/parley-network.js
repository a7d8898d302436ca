// Carries only what agents, the Controller and the delivery service are asked, and leaves everything else to the browser: a page must never
// wait for another tab to open. What is carried is answered by the tab that asked, through MSW's worker below.
const agentPath = /\/agent\/(handshake|message|session\/[^/]+)$/;

addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isOurs = origin === location.origin && /^\/(controller|delivery)\//.test(pathname);
  if (!isOurs && !agentPath.test(pathname)) event.stopImmediatePropagation();
});

importScripts('/mockServiceWorker.js');
