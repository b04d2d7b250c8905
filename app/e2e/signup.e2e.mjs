import assert from 'node:assert/strict';

import { PASSWORD, unique } from './harness/api.mjs';
import { signIn } from './harness/browser.mjs';
import { flow } from './harness/flow.mjs';

const fill = async (page, fields) => {
  for (const [name, text] of Object.entries(fields)) await page.getByTestId(`field-${name}`).fill(text);
};

for (const size of ['desktop', 'phone']) {
  flow(`somebody signs a company up on a ${size}, with mistakes first`, async (visit) => {
    const page = await visit({ size });
    await page.goto('/sign-up');
    const email = `${unique('chen')}@e2e.example`;
    await fill(page, { company: '云帆科技', name: ' ', email: 'chen', password: 'short' });
    await page.getByTestId('action-sign-up').click();
    await page.getByRole('alert').first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/sign-up');

    await fill(page, { name: '陈晨', email, password: '12345678' });
    await page.getByTestId('action-sign-up').click();
    await page.getByRole('alert').first().waitFor(); // one of the first that attackers try: only the server knows

    await fill(page, { password: PASSWORD });
    await page.getByTestId('action-sign-up').click();
    await page.waitForURL('**/');
    await page.getByTestId('panel-figures').waitFor();

    await page.reload();
    await page.getByTestId('panel-figures').waitFor();
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]).sort(), [
      ['gx_access', true, 'Lax'],
      ['gx_refresh', true, 'Strict'],
    ]);
    const visible = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
    for (const { value } of cookies) assert.ok(!visible.includes(value), 'a script of the page can read a token');
  });
}

flow('somebody signs out, is not let in by a wrong password, and comes back to where they wanted to go', async (visit) => {
  const page = await visit();
  await page.goto('/sign-up');
  const person = { email: `${unique('li')}@e2e.example` };
  await fill(page, { company: '星河教育', name: '李雷', email: person.email, password: PASSWORD });
  await page.getByTestId('action-sign-up').click();
  await page.getByTestId('panel-figures').waitFor();
  await page.getByTestId('nav-account').click();
  await page.getByTestId('action-sign-out').click();
  await page.getByTestId('action-sign-in').waitFor();
  assert.deepEqual(await page.context().cookies(), []);

  await page.goto('/tasks');
  await page.getByTestId('action-sign-in').waitFor();
  await signIn(page, person, 'wrong horse battery');
  await page.getByRole('alert').first().waitFor();
  await signIn(page, person);
  await page.waitForURL('**/tasks');
});

flow('an address that is taken is said so on its field', async (visit) => {
  const page = await visit({ locale: 'en-US' });
  const email = `${unique('twice')}@e2e.example`;
  const fields = { company: 'Acme', name: 'Chen', email, password: PASSWORD };
  await page.goto('/sign-up');
  await fill(page, fields);
  await page.getByTestId('action-sign-up').click();
  await page.getByTestId('panel-figures').waitFor();

  const again = await visit({ locale: 'en-US' });
  await again.goto('/sign-up');
  await fill(again, fields);
  await again.getByTestId('action-sign-up').click();
  await again.getByRole('alert').first().waitFor();
  assert.equal(await again.evaluate(() => document.documentElement.lang), 'en');
});
