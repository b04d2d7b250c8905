import assert from 'node:assert/strict';

import { Person, PASSWORD, signUp } from './harness/api.mjs';
import { enter, signIn } from './harness/browser.mjs';
import { eventually } from './harness/eventually.mjs';
import { flow } from './harness/flow.mjs';

/** The same person on another device. */
async function elsewhere({ email }) {
  const { access_token: token } = await new Person({}).call('POST', '/v1/auth/login', { identifier: email, password: PASSWORD });
  return new Person({ token });
}

flow('signed out in the midst of a form, one finds it again after signing in', async (visit) => {
  const admin = await signUp();
  const page = await visit({ as: admin });
  await page.goto('/customers');
  await page.getByTestId('action-new').click();
  await page.getByTestId('field-name').fill('半途而止科技');
  await page.getByTestId('field-phone').fill('138 0013 8000');
  const device = await elsewhere(admin);
  await device.call('POST', '/v1/sessions/end-others');
  await page.getByTestId('action-create').click();

  await page.getByTestId('action-sign-in').waitFor();
  await page.getByText('登录已结束').waitFor();
  await signIn(page, admin);
  await page.waitForURL('**/customers**');
  await page.getByTestId('action-new').click();
  assert.equal(await page.getByTestId('field-name').inputValue(), '半途而止科技');
  assert.equal(await page.getByTestId('field-phone').inputValue(), '138 0013 8000');
  await page.getByTestId('action-create').click();
  await eventually('the customer is there', async () => (await device.call('GET', '/v1/customers')).data.some(({ name }) => name === '半途而止科技'));
});

flow('an access token that has run out is renewed, by two tabs at once, without anybody noticing', async (visit) => {
  const admin = await signUp();
  await admin.customer({ name: '星河教育集团' });
  const page = await visit({ as: admin });
  const context = page.context();
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto('/customers');
    await tab.getByText('星河教育集团').first().waitFor();
  }
  // As after fifteen minutes: the browser drops the cookie of the access token.
  await context.clearCookies({ name: 'gx_access' });
  await Promise.all([page, other].map((tab) => tab.goto('/tasks')));
  for (const tab of [page, other]) {
    await tab.getByTestId('action-new-task').waitFor();
    assert.equal(new URL(tab.url()).pathname, '/tasks');
  }
  assert.deepEqual((await context.cookies()).map(({ name }) => name).sort(), ['gx_access', 'gx_refresh']);
});

flow('who signs out in one tab is signed out in the other', async (visit) => {
  const page = await visit({ as: await signUp() });
  const other = await page.context().newPage();
  await page.goto('/');
  await other.goto('/customers');
  await other.getByTestId('action-new').waitFor();
  await page.getByTestId('nav-account').click();
  await page.getByTestId('action-sign-out').click();
  await page.getByTestId('action-sign-in').waitFor();
  await other.getByTestId('action-sign-in').waitFor();
});

flow('nothing of one person is left for the next on the same device', async (visit) => {
  const [first, second] = [await signUp(), await signUp({ company: '别家公司', name: '王芳' })];
  await first.customer({ name: '只给陈晨看的客户' });
  const page = await visit({ as: first });
  await page.goto('/customers');
  await page.getByText('只给陈晨看的客户').first().waitFor();
  await page.getByTestId('nav-account').click();
  await page.getByTestId('action-sign-out').click();
  await page.getByTestId('action-sign-in').waitFor();

  await enter(page, second);
  await page.goto('/customers');
  await page.getByTestId('action-new').waitFor();
  await page.getByTestId('count').waitFor();
  assert.equal(await page.getByText('只给陈晨看的客户').count(), 0);
});
