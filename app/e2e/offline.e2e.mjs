import assert from 'node:assert/strict';
import net from 'node:net';

import { base, signUp } from './harness/api.mjs';
import { eventually } from './harness/eventually.mjs';
import { flow } from './harness/flow.mjs';

for (const size of ['desktop', 'phone']) {
  flow(`without a network the list stays and what was written is kept, on a ${size}`, async (visit) => {
    const admin = await signUp();
    const customer = await admin.customer({ name: '嘉禾食品' });
    const page = await visit({ size, as: admin });
    await page.goto(`/customers/${customer.id}/records`);
    await page.getByTestId('panel-records').waitFor();

    await page.context().setOffline(true);
    await page.getByTestId('action-log').first().click();
    const sheet = page.getByTestId('panel-log');
    await sheet.getByTestId('field-summary').fill('电话里说下周再谈');
    await sheet.getByTestId('action-save-log').click();
    await page.getByTestId('offline-bar').waitFor();
    await sheet.getByRole('alert').first().waitFor();
    assert.equal(await sheet.getByTestId('field-summary').inputValue(), '电话里说下周再谈');
    await page.getByText('嘉禾食品').first().waitFor();

    await page.context().setOffline(false);
    await sheet.getByTestId('action-save-log').click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByTestId('panel-records').getByText('电话里说下周再谈').waitFor();
    await eventually('the bar goes', async () => (await page.getByTestId('offline-bar').count()) === 0);
    const { data } = await admin.call('GET', `/v1/customers/${customer.id}/interactions`);
    assert.equal(data.length, 1, 'the contact was logged once');
  });
}

flow('the page opens, and shows the list that was seen before, when the server is gone', async (visit) => {
  const admin = await signUp();
  await admin.customer({ name: '华信软件' });
  const line = await makeLine();
  const page = await visit({ as: admin, at: line.url, serviceWorkers: 'allow' });
  await page.goto('/customers');
  await page.getByText('华信软件').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForTimeout(1500); // what is kept is written with some delay
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat().map(({ url }) => url));
  assert.deepEqual(kept.filter((url) => url.includes('/v1/')), [], 'no data is kept with the files');

  line.cut();
  await page.reload();
  await page.getByText('华信软件').first().waitFor();
  await page.getByTestId('offline-bar').waitFor();
  // A part that was never opened is there too.
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('field-theme').waitFor();
});

/** A way to the server that can be cut: what came from its address is cut off with it, worker and all. */
async function makeLine() {
  const { hostname, port } = new URL(base);
  const sockets = new Set();
  const line = net.createServer((socket) => {
    const server = net.connect(Number(port), hostname);
    for (const end of [socket, server]) {
      sockets.add(end);
      end.on('error', () => {}).on('close', () => sockets.delete(end));
    }
    socket.pipe(server).pipe(socket);
  });
  await new Promise((resolve) => line.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${line.address().port}`,
    cut() {
      line.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
