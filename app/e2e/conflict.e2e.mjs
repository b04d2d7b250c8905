import assert from 'node:assert/strict';

import { signUp } from './harness/api.mjs';
import { eventually } from './harness/eventually.mjs';
import { flow } from './harness/flow.mjs';

async function edit(page, field, text) {
  await page.getByTestId(`field-${field}`).click();
  await page.locator(`[data-testid="field-${field}"] >> visible=true`).locator('xpath=self::input|self::textarea|.//input|.//textarea').first().fill(text);
}

async function opened(visit, person, customer) {
  const page = await visit({ as: person });
  await page.goto(`/customers/${customer.id}/basic`);
  await page.getByTestId('panel-basic').waitFor();
  return page;
}

flow('two people change the same field: the slower one sees both and picks', async (visit) => {
  const admin = await signUp();
  const manager = await admin.invite('王芳', 'admin');
  const customer = await admin.customer({ name: '云帆科技', address: '上海' });
  const [one, two] = [await opened(visit, admin, customer), await opened(visit, manager, customer)];
  await edit(one, 'address', '上海市浦东新区');
  await edit(two, 'address', '北京市海淀区');
  await one.getByTestId('action-save-field').click();
  await one.getByTestId('panel-basic').getByText('上海市浦东新区').waitFor();
  await two.getByTestId('action-save-field').click();

  const panel = two.getByTestId('panel-conflict');
  await panel.getByText('上海市浦东新区').waitFor();
  await panel.getByText('北京市海淀区').waitFor();
  await panel.getByTestId('pick-theirs-address').click();
  await panel.getByTestId('pick-mine-address').click();
  await panel.getByTestId('action-resolve').click();
  await eventually('the pick is saved', async () => (await admin.call('GET', `/v1/customers/${customer.id}`)).address === '北京市海淀区');
});

flow('two people change different fields: both changes stay, and nobody is asked', async (visit) => {
  const admin = await signUp();
  const manager = await admin.invite('王芳', 'admin');
  const customer = await admin.customer({ name: '云帆科技', address: '上海', industry: '软件' });
  const [one, two] = [await opened(visit, admin, customer), await opened(visit, manager, customer)];
  await edit(one, 'address', '上海市浦东新区');
  await edit(two, 'industry', '互联网');
  await one.getByTestId('action-save-field').click();
  await one.getByTestId('panel-basic').getByText('上海市浦东新区').waitFor();
  await two.getByTestId('action-save-field').click();
  await eventually('both changes are there', async () => {
    const { address, industry } = await admin.call('GET', `/v1/customers/${customer.id}`);
    return address === '上海市浦东新区' && industry === '互联网';
  });
  assert.equal(await two.getByTestId('panel-conflict').count(), 0);
});
