// A small company that has worked for some weeks, so that every screen has something to show.
import { readFileSync } from 'node:fs';

import { base, signUp } from './api.mjs';
import { eventually } from './eventually.mjs';

const DAY = 86_400_000;

// Name, contact, phone, stage, tags, days since the last contact.
const customers = {
  'zh-CN': [
    ['云帆科技', '王志强', '138 0013 8000', 'interested', ['重点', '展会'], 1],
    ['星河教育集团', '李敏', '139 1234 5678', 'potential', ['展会'], 12],
    ['嘉禾食品有限公司', '张伟', '0755-2675 3000', 'won', ['重点'], 3],
    ['华信软件', '刘洋', '136 0000 1111', 'interested', [], 9],
    ['深圳市前海蓝湾国际物流供应链管理股份有限公司', '欧阳修远', '137 2222 3333', 'potential', ['转介绍', '物流', '跨境'], 0],
    ['东方玻璃', '赵敏', '135 8888 9999', 'lost', [], 40],
  ],
  en: [
    ['Blue Harbor Logistics', 'Kenji Sato', '+81 3-1234-5678', 'interested', ['key account', 'fair'], 1],
    ['Pacific Trading', 'Maria Lopez', '+1 415 555 2671', 'potential', ['fair'], 12],
    ['Northwind Foods', 'Anna Berg', '+46 8 123 456 78', 'won', ['key account'], 3],
    ['Contoso Software', 'Wei Zhang', '+86 136 0000 1111', 'interested', [], 9],
    ['The International Brotherhood of Container Shipping and Supply Chain Managers', 'Jan de Vries', '+31 20 123 4567', 'potential', ['referral', 'logistics', 'cross-border'], 0],
    ['Eastern Glass', 'Tom Reed', '+1 212 555 0100', 'lost', [], 40],
  ],
};

const words = {
  'zh-CN': { company: '云海贸易', admin: '陈晨', rep: '李雷', summary: '报价谈妥，对方想先试用两周，下周一之前要看到合同样本。', next: '发送报价', reason: '选了别家', calls: '回访', overdue: '催合同', done: '寄样品' },
  en: { company: 'Harbor & Co.', admin: 'Chen Chen', rep: 'Li Lei', summary: 'Price agreed. They want a trial of two weeks first, and a draft contract before Monday.', next: 'Send quote', reason: 'Chose a competitor', calls: 'Call back', overdue: 'Chase the contract', done: 'Send samples' },
};

/** Makes the company and returns its people and some records. */
export async function makeOffice(locale = 'zh-CN') {
  const say = words[locale];
  const admin = await signUp({ company: say.company, name: say.admin, locale });
  const rep = await admin.invite(say.rep);
  await admin.call('POST', '/v1/invitations', { name: locale === 'en' ? 'Han Mei' : '韩梅梅', email: 'han@e2e.example', roles: ['manager'] });
  const now = Date.now();
  const made = [];
  for (const [name, contact_name, phone, stage, tags, days] of customers[locale]) {
    const owner = made.length % 2 ? rep : admin;
    const customer = await owner.customer({ name, contact_name, phone, tags, address: '', industry: '' });
    made.push(customer);
    if (stage !== 'potential') {
      await owner.call('POST', `/v1/customers/${customer.id}/lifecycle`, { to: stage, ...(stage === 'lost' && { reason: say.reason }) });
    }
    for (const [at, kind] of [[days, 'call'], [days + 2, 'wechat'], [days + 5, 'meeting']]) {
      await owner.log(customer, { kind, summary: say.summary, occurred_at: new Date(now - at * DAY - 3_600_000).toISOString(), next_step: kind === 'call' ? say.next : '' });
    }
  }
  const due = (hours) => new Date(now + hours * 3_600_000).toISOString();
  await admin.task({ title: say.overdue, customer_id: made[0].id, due_at: due(-26), priority: 'high' });
  await admin.task({ title: say.next, customer_id: made[2].id, due_at: due(1) });
  await admin.task({ title: say.calls, customer_id: made[4].id, due_at: due(50), kind: 'follow_up' });
  const finished = await admin.task({ title: say.done, customer_id: made[2].id, due_at: due(-50) });
  await admin.call('PATCH', `/v1/tasks/${finished.id}`, { status: 'done' });
  await admin.task({ title: say.calls, customer_id: made[1].id, assignee_id: rep.id, due_at: due(-3) });
  await rep.call('PATCH', `/v1/customers/${made[1].id}`, { industry: locale === 'en' ? 'education' : '教育' });
  const [mapping, finishedImport] = [await upload(admin), await upload(admin)];
  await admin.call('POST', `/v1/imports/${finishedImport.id}/run`);
  await eventually('the import is done', async () => (await admin.call('GET', `/v1/imports/${finishedImport.id}`)).status === 'finished');
  const link = (await admin.call('POST', '/v1/invitations', { name: '', roles: ['rep'] })).link;
  return { admin, rep, customers: made, mapping, finishedImport, invitation: new URL(link).pathname };
}

/** Uploads a table with a row that cannot be taken. */
async function upload(person) {
  const table = readFileSync(new URL('../../../cmd/guanxi/testdata/accounts.csv', import.meta.url), 'utf8').split('\n').slice(0, 8).join('\n');
  const form = new FormData();
  form.set('file', new Blob([`${table}\n,no name,,,,,\n`]), 'accounts.csv');
  const answer = await fetch(`${base}/v1/imports`, { method: 'POST', headers: { Authorization: `Bearer ${person.token}` }, body: form });
  if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Somebody who has just signed up, for the screens that are empty then. */
export const makeNewcomer = (locale) => signUp(locale === 'en' ? { company: 'Fresh Ltd', name: 'Pat', locale } : { company: '新公司', name: '小白', locale });
