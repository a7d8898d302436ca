import { test } from '@playwright/test';
import { isExhaustive } from '../../exhaustive.ts';
import { playHistories } from './play-histories.ts';

test('random histories of MLS hold in Firefox', async ({ page }) => {
  await playHistories(page, isExhaustive ? 50 : 2);
});
