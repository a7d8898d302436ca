import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { allowOwnWorkers } from './shell/trusted-types.ts';
import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import './design/button.css';
import './shell/short-window.css';
import './shell/forced-colours.css';
import './shell/print.css';
import { startNetwork } from './state/network.ts';

allowOwnWorkers();
void startNetwork();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
