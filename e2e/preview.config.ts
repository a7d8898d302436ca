import { defineConfig, mergeConfig } from 'vite';
import { readyRsaPairs } from '../scripts/rsa-pairs/in-preview.ts';
import app from '../vite.config.ts';

/** The built app as the tests are served it. */
export default defineConfig((environment) => mergeConfig(app(environment), { plugins: [readyRsaPairs()] }));
