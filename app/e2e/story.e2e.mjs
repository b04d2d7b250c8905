// The daily path from nothing to a won customer, as an admin and the rep whom they invite live it.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { PASSWORD, Person, unique } from './harness/api.mjs';
import { eventually } from './harness/eventually.mjs';
import { flow } from './harness/flow.mjs';

const accounts = fileURLToPath(new URL('../../cmd/guanxi/testdata/accounts.csv', import.meta.url));

for (const size of ['desktop', 'phone']) {
  flow(`sign up, invite, import, find, log, plan, win, be notified on a ${size}`, async (visit) => {
    const admin = await visit({ size });
    await signUp(admin);
    const link = await invite(admin);
    await importAccounts(admin);

    const rep = await visit({ size });
    const email = await accept(rep, link);

    // The admin hands a customer over by giving the rep a task about it.
    const customer = await find(admin, 'acme', 'Acme Corporation');
    await handOver(admin, '李雷');

    await rep.goto('/notifications');
    await eventually('the rep is told of the hand-over', async () => {
      await rep.reload();
      const told = rep.getByText('Acme Corporation').first().waitFor({ timeout: 3_000 });
      return told.then(() => true, () => false);
    });
    await rep.getByText('Acme Corporation').first().click();
    await rep.waitForURL(`**/customers/${customer}/**`);

    await log(rep, size, '报价谈妥，想先试用', '发送报价');
    await rep.getByTestId('tab-tasks').click();
    await rep.getByTestId('panel-tasks').getByText('发送报价').waitFor();

    await rep.getByTestId('step-interested').click();
    await eventually('the stage is interested', async () => (await record(email, customer)).lifecycle === 'interested');
    await rep.getByTestId('step-won').click();
    await eventually('the stage is won', async () => (await record(email, customer)).lifecycle === 'won');
    await eventually('the win has made its survey', async () => {
      const { data } = await (await as(email)).call('GET', `/v1/tasks?filter=${encodeURIComponent(`customer = "${customer}" AND kind = "survey"`)}`);
      return data.length === 1;
    });
    await rep.getByTestId('tab-records').click();
    await rep.getByTestId('panel-records').getByText('报价谈妥，想先试用').waitFor();
  });
}

async function signUp(page) {
  await page.goto('/sign-up');
  const fields = { company: '云帆科技', name: '陈晨', email: `${unique('chen')}@e2e.example`, password: PASSWORD };
  for (const [name, text] of Object.entries(fields)) await page.getByTestId(`field-${name}`).fill(text);
  await page.getByTestId('action-sign-up').click();
  await page.getByTestId('panel-figures').waitFor();
}

async function invite(page) {
  await page.goto('/settings/members');
  await page.getByTestId('action-invite').click();
  await page.getByTestId('field-name').fill('李雷');
  await page.getByTestId('action-send-invitation').click();
  const link = await page.getByTestId('field-link').inputValue();
  await page.getByTestId('action-done').click();
  return link;
}

async function accept(page, link) {
  await page.goto(new URL(link).pathname);
  const email = `${unique('li')}@e2e.example`;
  await page.getByTestId('field-email').fill(email);
  await page.getByTestId('field-password').fill(PASSWORD);
  await page.getByTestId('action-accept').click();
  await page.getByTestId('panel-figures').waitFor();
  return email;
}

async function importAccounts(page) {
  await page.goto('/imports');
  await page.locator('input[type=file]').setInputFiles(accounts);
  await page.waitForURL('**/imports/imp_*');
  await page.getByTestId('panel-preview').getByText('Acme Corporation').waitFor();
  await page.getByTestId('action-run').click();
  await page.getByTestId('panel-result').waitFor();
  assert.equal(await page.getByTestId('count-created').innerText(), '12');
}

/** Finds a customer in the list and opens it. */
async function find(page, words, name) {
  await page.goto('/customers');
  await page.getByTestId('field-search').fill(words);
  await page.waitForURL(/[?&]q=/);
  await page.getByText(name, { exact: true }).first().click();
  await page.waitForURL('**/customers/cus_*/**');
  return new URL(page.url()).pathname.split('/')[2];
}

async function handOver(page, name) {
  await page.getByTestId('tab-basic').click();
  await page.getByTestId('field-owner_id').click();
  await page.getByTestId('field-owner_id').click(); // opens the choices
  await page.getByRole('option', { name }).click();
  await page.getByTestId('action-save-field').click();
  await page.getByTestId('panel-basic').getByText(name).first().waitFor();
}

async function log(page, size, summary, next) {
  await page.getByTestId('action-log').first().click();
  const sheet = page.getByTestId('panel-log');
  await sheet.getByTestId('field-kind-call').click();
  await sheet.getByTestId('field-summary').fill(summary);
  await sheet.getByTestId('field-next_step').fill(next);
  await sheet.getByTestId('field-due-tomorrow').click();
  await sheet.getByTestId('action-save-log').click();
  await sheet.waitFor({ state: 'detached' });
}

const people = new Map();

/** The person's own token, for looking at what the server has. */
async function as(email) {
  if (!people.has(email)) {
    const { access_token: token } = await new Person({}).call('POST', '/v1/auth/login', { identifier: email, password: PASSWORD });
    people.set(email, new Person({ token }));
  }
  return people.get(email);
}

const record = async (email, customer) => (await as(email)).call('GET', `/v1/customers/${customer}`);
