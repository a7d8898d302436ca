import { test } from '@playwright/test';
import { isExhaustive } from '../../exhaustive.ts';
import { WebKitDriver } from '../webkit-driver.ts';
import { playHistories } from './play-histories.ts';

test('random histories of MLS hold in WebKit', async () => {
  const driver = await WebKitDriver.start();
  try {
    await playHistories(driver, isExhaustive ? 50 : 2);
  } finally {
    await driver.end();
  }
});
