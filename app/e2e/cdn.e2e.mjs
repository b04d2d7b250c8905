// The page on one origin, its static files on another: also those that are loaded when they are first needed.
import assert from 'node:assert/strict';

import { base } from './harness/api.mjs';
import { flow } from './harness/flow.mjs';
import { startServer } from './harness/server.mjs';

flow('static files come from the origin that GUANXI_WEB_ORIGIN names', async (visit) => {
  const server = await startServer({ GUANXI_WEB_ORIGIN: base });
  try {
    const page = await visit({ serviceWorkers: 'allow' });
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url())));
    await page.goto(`${server.url}/sign-up`);
    const fields = { company: 'Acme', name: 'Chen', email: 'chen@e2e.example', password: 'correct horse battery' };
    for (const [name, text] of Object.entries(fields)) await page.getByTestId(`field-${name}`).fill(text);
    await page.getByTestId('action-sign-up').click();
    await page.getByTestId('panel-figures').waitFor();
    await page.getByTestId('nav-customers').click();
    await page.getByTestId('action-new').waitFor();

    // It could keep nothing of another origin.
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0, 'no service worker');
    const scripts = asked.filter(({ pathname }) => pathname.startsWith('/_expo/'));
    assert.ok(scripts.length > 3, 'routes are loaded as they are needed');
    assert.deepEqual([...new Set(scripts.map(({ origin }) => origin))], [base]);
    assert.deepEqual([...new Set(asked.filter(({ pathname }) => pathname.startsWith('/v1/')).map(({ origin }) => origin))], [server.url]);
  } finally {
    await server.stop();
  }
});
