import assert from 'node:assert/strict';
import net from 'node:net';

import { base, signUp } from './harness/api.mjs';
import { eventually } from './harness/eventually.mjs';
import { flow } from './harness/flow.mjs';

for (const size of ['desktop', 'phone']) {
  flow(`what is written without a network waits on the device until it is sent, on a ${size}`, async (visit) => {
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
    await sheet.waitFor({ state: 'detached' });
    await page.getByTestId('offline-bar').waitFor();
    await page.getByTestId('waiting-bar').getByText('1 条待发送').waitFor();
    await page.getByTestId('panel-records').getByText('待发送').waitFor();

    await page.context().setOffline(false);
    await page.reload();
    await page.getByTestId('action-send-all').click();
    await eventually('nothing waits', async () => (await page.getByTestId('waiting-bar').count()) === 0);
    await page.getByTestId('panel-records').getByText('电话里说下周再谈').waitFor();
    await eventually('the bar goes', async () => (await page.getByTestId('offline-bar').count()) === 0);
    const { data } = await admin.call('GET', `/v1/customers/${customer.id}/interactions`);
    assert.equal(data.length, 1, 'the contact was logged once');
  });
}

flow('a customer and a task that no network took are sent together; signing out asks before it deletes what waits', async (visit) => {
  const admin = await signUp();
  const page = await visit({ as: admin });
  await page.goto('/tasks');
  await page.getByTestId('action-new-task').waitFor();
  const write = async (key, field, text, action) => {
    await page.keyboard.press('Control+k');
    await page.getByTestId(`option-${key}`).click();
    await page.getByTestId(field).fill(text);
    await page.getByTestId(action).click();
    await page.getByTestId(field).waitFor({ state: 'detached' });
  };
  // The sheets' own code is there already, as it is once the browser keeps it.
  for (const [key, panel] of [['new-customer', 'field-name'], ['new-task', 'field-title']]) {
    await page.keyboard.press('Control+k');
    await page.getByTestId(`option-${key}`).click();
    await page.getByTestId(panel).waitFor();
    await page.keyboard.press('Escape');
  }
  await page.context().setOffline(true);
  await write('new-customer', 'field-name', '断网科技', 'action-create');
  await write('new-task', 'field-title', '补发资料', 'action-save-task');
  await page.getByTestId('waiting-bar').getByText('2 条待发送').waitFor();

  await page.getByTestId('nav-account').click();
  await page.getByTestId('action-sign-out').click();
  await page.getByTestId('action-leave-anyway').waitFor();
  await page.keyboard.press('Escape');

  await page.context().setOffline(false);
  await page.getByTestId('action-view-waiting').click();
  await page.getByTestId('panel-waiting').getByText('断网科技').waitFor();
  await eventually('there is a network again', () => page.getByTestId('action-send-waiting').isEnabled());
  await page.getByTestId('action-send-waiting').click();
  await eventually('both have arrived', async () => {
    const [customers, tasks] = await Promise.all([admin.call('GET', '/v1/customers'), admin.call('GET', '/v1/tasks')]);
    return customers.data.map(({ name }) => name).join() === '断网科技' && tasks.data.map(({ title }) => title).join() === '补发资料';
  });
  await page.keyboard.press('Escape');
  await page.getByTestId('nav-account').click();
  await page.getByTestId('action-sign-out').click();
  await page.getByTestId('action-sign-in').waitFor();
});

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
