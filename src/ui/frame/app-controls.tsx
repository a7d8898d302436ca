import { isRealNetwork } from '../state/network.ts';
import './app-controls.css';
import { ShortcutsButton } from './keyboard-shortcuts.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/** Shows which network the agents are in, and the controls of the whole app. */
export function AppControls() {
  return (
    <>
      <span
        className="app-network"
        title={
          isRealNetwork
            ? 'Agents are reached through this server’s relay, which cannot read their messages.'
            : 'Agents and the Controller run inside this browser. Nothing leaves it.'
        }
      >
        {isRealNetwork ? 'relay' : 'mock network'}
      </span>
      <ShortcutsButton />
      <ThemeToggle />
    </>
  );
}
