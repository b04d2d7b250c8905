// test() for what people do in the browser: opened pages are closed, looked at for faults, and drawn when a test fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, picture } from './browser.mjs';

// Long enough for a machine that is busy with other tests.
const timeout = 300_000;

let browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/**
 * Runs body with visit(options), which opens a page as browser.mjs has it. A test fails when one of its pages had faults,
 * unless body has taken them out of page.faults.
 */
export function flow(name, body) {
  test(name, { timeout }, async () => {
    const pages = [];
    const visit = async (options) => {
      const page = await open(browser, options);
      pages.push(page);
      return page;
    };
    try {
      await body(visit);
      for (const page of pages) assert.deepEqual(page.faults, [], `faults at ${page.url()}`);
    } catch (error) {
      const drawn = await Promise.all(pages.map((page, i) => picture(page, 'e2e', `${name}-${i + 1}.png`).catch(() => undefined)));
      // The reporter prints the stack, whose head is a copy of the message.
      error.stack += `\n${pages.map((page, i) => `page ${i + 1} at ${page.url()}, drawn to ${drawn[i]}${page.faults.map((fault) => `\n  ${fault}`).join('')}`).join('\n')}`;
      throw error;
    } finally {
      await Promise.all(pages.map((page) => page.context().close()));
    }
  });
}
