import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { saveFile } from '../design/save-file.ts';
import { version } from '../state/version.ts';
import { Report, type ReportFacts } from './report.tsx';

/** Whatever shows the file: nothing is loaded and nothing runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const style = `
:root { color-scheme: light dark; --line: light-dark(#d5d4cd, #3a4046); --soft: light-dark(#f1f1ed, #1d2125);
  --ok: light-dark(#17692f, #6fce85); --bad: light-dark(#b01a1a, #ff8d85); --purpose: light-dark(#a80f68, #ff82c4); }
html { background: light-dark(#ffffff, #15181b); color: light-dark(#1a1b1e, #e7e8e9); }
a { color: light-dark(#1f4fc4, #86abff); }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; font-size: 1.3rem; } h3 { margin: 0; font-size: 1rem; }
h4 { margin: .75rem 0 0; font-size: .85rem; }
table { width: 100%; border-collapse: collapse; } th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: baseline; font-weight: 400; }
thead th, .facts th, dt { font-weight: 600; } .facts { width: auto; }
dd { margin: 0 0 .5rem; } code { font: .9em ui-monospace, monospace; }
.sums { padding: 0; list-style: none; font-size: 1.1rem; } .sums .held { color: var(--ok); }
.sums .shown { color: var(--purpose); } .sums .broken { color: var(--bad); font-weight: 700; }
article { margin: 1rem 0; padding: .75rem 1rem; border-left: 4px solid var(--ok); background: var(--soft); font-size: .9rem; }
article.shown { border-left-color: var(--purpose); } article.broken { border-left: 8px double var(--bad); }
article p, article ul, article ol { margin-block: .25rem; }
.alteration { display: block; } td, del, ins { overflow-wrap: anywhere; } del { color: var(--purpose); } ins { color: var(--purpose); text-decoration: none; font-weight: 600; }
@media print {
  :root { color-scheme: light; } body { max-width: none; margin: 0; padding: 0; font-size: 9pt; line-height: 1.3; }
  article, tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } h4 { margin-top: .25rem; }
  article { margin: .5rem 0; padding: .1rem .75rem; background: none; font-size: 8pt; } article :is(p, ul, ol) { margin-block: .1rem; }
}
@media screen and (max-width: 600px) { .checks :is(th, td):last-child { display: none; } }
`;

/** Returns a report as one HTML file: it needs nothing else, and holds no script, no key and no plaintext but the lab's own. */
export function reportFile(facts: ReportFacts): string {
  const holder = document.createElement('div');
  const root = createRoot(holder);
  flushSync(() => root.render(<Report {...facts} />));
  const body = holder.innerHTML;
  root.unmount();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley attack lab: report of ${dayOf(facts)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Makes the report of what was run, and saves it as a file. */
export function saveReport(facts: Omit<ReportFacts, 'version' | 'browser'>): void {
  const whole: ReportFacts = { ...facts, version, browser: navigator.userAgent };
  saveFile(`parley-attack-lab-${dayOf(whole)}.html`, 'text/html', reportFile(whole));
}

function dayOf({ at }: Pick<ReportFacts, 'at'>): string {
  return new Date(at).toISOString().slice(0, 10);
}
