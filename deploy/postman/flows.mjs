// The scripted flows: what a company does on its first day, step by step. Each step keeps what later ones need in a variable.

const answers = (status) => `pm.test('answers ${status}', () => pm.response.to.have.status(${status}));`;
const keeps = (variable, from) => `pm.collectionVariables.set('${variable}', ${from});`;
const expects = (what, condition) => `pm.test(${JSON.stringify(what)}, () => { const body = pm.response.json(); ${condition} });`;
const body = (path) => `pm.response.json().${path}`;
const refuses = (status, code, field) => [
  answers(status),
  expects(`says ${code}`, `pm.expect(body.code).to.equal('${code}');`),
  ...(field ? [expects(`names ${field}`, `pm.expect(body.errors.map((e) => e.field)).to.include('${field}');`)] : []),
];

const password = 'correct horse battery';

export const flows = [
  {
    name: 'A company begins',
    steps: [
      {
        name: 'Without signing in nothing is shown', method: 'GET', path: '/v1/customers', token: null,
        test: refuses(401, 'unauthenticated'),
      },
      {
        name: 'Sign up', method: 'POST', path: '/v1/signup', token: null,
        body: { company: { name: '云帆贸易' }, name: '陈静', email: 'chen+{{$randomUUID}}@example.com', password, locale: 'zh-CN', timezone: 'Asia/Shanghai' },
        test: [answers(201), keeps('access_token', body('access_token')), keeps('admin', body('user.id'))],
      },
      {
        name: 'Who am I', method: 'GET', path: '/v1/me',
        test: [answers(200), keeps('scopes', `JSON.stringify(Object.keys(${body('permissions')}))`)],
      },
      {
        name: 'Another company signs up', method: 'POST', path: '/v1/signup', token: null,
        body: { company: { name: 'Globex' }, name: 'Mary', email: 'mary+{{$randomUUID}}@example.com', password, locale: 'en', timezone: 'America/New_York' },
        test: [answers(201), keeps('other_token', body('access_token'))],
      },
      {
        name: 'Invite a sales rep', method: 'POST', path: '/v1/invitations',
        body: { name: '王磊', email: 'wang+{{$randomUUID}}@example.com', roles: ['rep'], manager_id: '{{admin}}' },
        test: [answers(201), keeps('invitation', `${body('link')}.split('/invite/')[1]`)],
      },
      {
        name: 'The rep accepts', method: 'POST', path: '/v1/invitations/accept', token: null,
        body: { token: '{{invitation}}', name: '王磊', password },
        test: [answers(201), keeps('rep_token', body('access_token')), keeps('rep', body('user.id'))],
      },
      {
        name: 'The feed of changes is for plans that have it', method: 'GET', path: '/v1/changes', test: refuses(402, 'upgrade_required'),
      },
      {
        name: 'Make an API key', method: 'POST', path: '/v1/api-keys', body: { name: 'Postman', scopes: ['customer:read', 'customer:create'] },
        test: [answers(201), keeps('api_key', body('key'))],
      },
      {
        name: 'The key may do no more than it says', method: 'GET', path: '/v1/tasks', token: 'api_key',
        test: refuses(403, 'forbidden'),
      },
    ],
  },
  {
    name: 'Customers',
    steps: [
      {
        name: 'Create a customer', method: 'POST', path: '/v1/customers', token: 'rep_token',
        body: { name: '上海远航科技有限公司', contact_name: '张三', phone: '138 0013 8000', source: 'exhibition', tags: ['重点'] },
        test: [answers(201), keeps('customer', body('id')), keeps('customer_etag', "pm.response.headers.get('ETag')"),
          expects('the phone is in international form', "pm.expect(body.phone).to.equal('+8613800138000');")],
      },
      {
        name: 'It is there', method: 'GET', path: '/v1/customers/{{customer}}', token: 'rep_token',
        test: [answers(200), expects('with its name', "pm.expect(body.name).to.equal('上海远航科技有限公司');")],
      },
      {
        name: 'One without a name is refused', method: 'POST', path: '/v1/customers', token: 'rep_token', body: { phone: '13900139000' },
        test: refuses(422, 'invalid', 'name'),
      },
      {
        name: 'A wrong phone number is refused', method: 'POST', path: '/v1/customers', token: 'rep_token', body: { name: 'x', phone: '12' },
        test: refuses(422, 'invalid', 'phone'),
      },
      {
        name: 'Nothing was made of them', method: 'GET', path: '/v1/customers?count=true', token: 'rep_token',
        test: [answers(200), expects('one customer', 'pm.expect(body.data).to.have.length(1);')],
      },
      {
        name: 'Find by the initials of the name', method: 'GET', path: '/v1/customers?q=yhkj', token: 'rep_token',
        test: [answers(200), expects('found', "pm.expect(body.data.map((c) => c.id)).to.include(pm.collectionVariables.get('customer'));")],
      },
      {
        name: 'Filter', method: 'GET', path: '/v1/customers?filter=lifecycle%20%3D%20potential%20AND%20tags%3A%22重点%22', token: 'rep_token',
        test: [answers(200), expects('found', 'pm.expect(body.data).to.have.length(1);')],
      },
      {
        name: 'A wrong filter says where', method: 'GET', path: '/v1/customers?filter=lifecycle%20%3D', token: 'rep_token',
        test: [answers(422), expects('in the filter', "pm.expect(body.errors[0].field).to.equal('filter');")],
      },
      {
        name: 'Change it', method: 'PATCH', path: '/v1/customers/{{customer}}', token: 'rep_token', headers: { 'If-Match': '{{customer_etag}}' },
        body: { note: '展会上认识' }, test: [answers(200)],
      },
      {
        name: 'A change on top of an old version is refused', method: 'PATCH', path: '/v1/customers/{{customer}}', token: 'rep_token',
        headers: { 'If-Match': '{{customer_etag}}' }, body: { note: 'x' }, test: [answers(412)],
      },
      {
        name: 'A part of it', method: 'POST', path: '/v1/customers', token: 'rep_token',
        body: { name: '远航科技北京分公司', parent_id: '{{customer}}', country: 'CN', region: '北京市', city: '北京市', district: '海淀区', address: '中关村大街 1 号' },
        test: [answers(201), keeps('part', body('id')), expects('knows its parent', "pm.expect(body.parent_id).to.equal(pm.collectionVariables.get('customer'));")],
      },
      {
        name: 'A customer is no part of its own part', method: 'PATCH', path: '/v1/customers/{{customer}}', token: 'rep_token', body: { parent_id: '{{part}}' },
        test: refuses(422, 'invalid', 'parent_id'),
      },
      {
        name: 'Its parts', method: 'GET', path: '/v1/customers?filter=parent%20%3D%20%22{{customer}}%22', token: 'rep_token',
        test: [answers(200), expects('one part', "pm.expect(body.data.map((c) => c.city)).to.eql(['北京市']);")],
      },
      {
        name: 'Another company does not see it', method: 'GET', path: '/v1/customers/{{customer}}', token: 'other_token',
        test: refuses(404, 'not_found'),
      },
      {
        name: 'The way through the lifecycle', method: 'GET', path: '/v1/lifecycle', token: 'rep_token',
        test: [answers(200), expects('four stages', "pm.expect(body.stages.map((s) => s.key)).to.eql(['potential', 'interested', 'won', 'lost']);")],
      },
      {
        name: 'Interested', method: 'POST', path: '/v1/customers/{{customer}}/lifecycle', token: 'rep_token', body: { to: 'interested' },
        test: [answers(200), expects('moved', "pm.expect(body.lifecycle).to.equal('interested');")],
      },
    ],
  },
  {
    name: 'A day of a sales rep',
    steps: [
      {
        name: 'Log a call with its next step', method: 'POST', path: '/v1/interactions', token: 'rep_token',
        body: { customer_id: '{{customer}}', kind: 'call', summary: '对样品满意，想要报价。', minutes: 12, next_step: '发送报价单', next_step_due_at: '2037-03-06T07:00:00Z' },
        test: [answers(201), keeps('interaction', body('id'))],
      },
      {
        name: 'The next step is a task', method: 'GET', path: '/v1/tasks?filter=status%20%3D%20open', token: 'rep_token',
        test: [answers(200), expects('with its title', "pm.expect(body.data[0].title).to.equal('发送报价单');"), keeps('task', body('data[0].id'))],
      },
      {
        name: 'Open a deal', method: 'POST', path: '/v1/deals', token: 'rep_token',
        body: { name: '首批订单', customer_id: '{{customer}}', amount: 12_800_000 },
        test: [answers(201), keeps('deal', body('id'))],
      },
      {
        name: 'What is to be expected', method: 'GET', path: '/v1/deals/forecast', token: 'rep_token', test: [answers(200)],
      },
      {
        name: 'Win it', method: 'POST', path: '/v1/deals/{{deal}}/move', token: 'rep_token', body: { status: 'won' },
        test: [answers(200), expects('won', "pm.expect(body.status).to.equal('won');")],
      },
      {
        name: 'The customer is won', method: 'GET', path: '/v1/customers/{{customer}}', token: 'rep_token',
        test: [answers(200), expects('won', "pm.expect(body.lifecycle).to.equal('won');")],
      },
      {
        name: 'The task is done', method: 'PATCH', path: '/v1/tasks/{{task}}', token: 'rep_token', body: { status: 'done' }, test: [answers(200)],
      },
      {
        name: 'All of it is in the timeline', method: 'GET', path: '/v1/customers/{{customer}}/timeline', token: 'rep_token',
        test: [answers(200), expects('call, deal and moves', 'pm.expect(body.data.length).to.be.above(3);')],
      },
      {
        name: 'Sign out', method: 'POST', path: '/v1/auth/logout', token: 'other_token', test: [answers(204)],
      },
    ],
  },
  {
    name: 'For every operation',
    steps: [
      {
        name: 'Make a key that may do everything', method: 'POST', path: '/v1/api-keys',
        // The list of permissions is text that stands for itself, without quotes.
        text: '{"name": "Every operation", "scopes": {{scopes}}}',
        test: [answers(201), keeps('api_key', body('key'))],
      },
    ],
  },
];
