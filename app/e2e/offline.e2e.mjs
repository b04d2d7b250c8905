import assert from 'node:assert/strict';

import { signUp } from './harness/api.mjs';
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

flow('a list that was seen before is there again when the server is not', async (visit) => {
  const admin = await signUp();
  await admin.customer({ name: '华信软件' });
  const page = await visit({ as: admin });
  await page.goto('/customers');
  await page.getByText('华信软件').first().waitFor();
  await eventually('the list is kept on the device', () => page.evaluate(async () => (await indexedDB.databases()).length > 0));
  await page.waitForTimeout(1500); // what is kept is written with some delay
  await page.route('**/v1/**', (route) => route.abort('connectionrefused'));
  await page.reload();
  await page.getByText('华信软件').first().waitFor();
  await page.getByTestId('offline-bar').waitFor();
});
