import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { allowOwnWorkers } from './app/trusted-types.ts';
import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import './design/button.css';
import './app/short-window.css';
import './app/forced-colours.css';
import './app/print.css';
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
