// One person in two companies.
import assert from 'node:assert/strict';

import { PASSWORD, signUp, unique } from './harness/api.mjs';
import { flow } from './harness/flow.mjs';

/** A person who signed up a company of their own and accepted the invitation of another, in the browser, as people do. */
async function inTwoCompanies(page) {
  const [own, other] = [await signUp({ company: unique('自家公司') }), await signUp({ company: unique('合作公司'), name: '王芳' })];
  await own.customer({ name: '自家的客户' });
  await other.customer({ name: '合作公司的客户' });
  const { link } = await other.call('POST', '/v1/invitations', { name: own.name, email: own.email, roles: ['manager'] });
  await page.goto(new URL(link).pathname);
  await page.getByTestId('tab-known').click();
  await page.getByTestId('field-password').fill(PASSWORD);
  await page.getByTestId('action-accept').click();
  await page.getByTestId('panel-figures').waitFor();
  return { own, other };
}

flow('who belongs to two companies goes from one to the other, and sees nothing of the one in the other', async (visit) => {
  const page = await visit();
  const { own, other } = await inTwoCompanies(page);
  const here = page.getByTestId('action-switch-company');
  assert.match(await here.innerText(), new RegExp(other.company));
  await page.goto('/customers');
  await page.getByTestId('count').waitFor();
  assert.equal(await page.getByText('自家的客户').count(), 0);

  await here.click();
  await page.getByRole('menuitemradio', { name: own.company }).click();
  await page.getByText('自家的客户').first().waitFor();
  assert.equal(await page.getByText('合作公司的客户').count(), 0);
  assert.match(await here.innerText(), new RegExp(own.company));

  // From a record, which is of one company alone, the way leads home. Another tab follows.
  await page.getByText('自家的客户').first().click();
  await page.getByTestId('panel-records').waitFor();
  const tab = await page.context().newPage();
  await tab.goto('/customers');
  await tab.getByText('自家的客户').first().waitFor();
  await page.bringToFront(); // what lies behind another tab is slow to hear the keyboard
  await page.keyboard.press('Control+k');
  await page.keyboard.type(other.company);
  await page.keyboard.press('Enter');
  await page.getByTestId('panel-figures').waitFor();
  await tab.getByTestId('action-switch-company').getByText(other.company).waitFor();
  assert.equal(await tab.getByText('自家的客户').count(), 0);
});

flow('on a phone the companies are under More', async (visit) => {
  const page = await visit({ size: 'phone' });
  const { own } = await inTwoCompanies(page);
  await page.getByTestId('nav-more').click();
  await page.getByRole('menuitem', { name: own.company }).click();
  await page.getByTestId('nav-customers').click();
  await page.getByText('自家的客户').first().waitFor();
  assert.equal(await page.getByText('合作公司的客户').count(), 0);
});
