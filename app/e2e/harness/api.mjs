// What a test needs to be there already is made by the product's own API, as another client would.
import { randomBytes } from 'node:crypto';

export const base = process.env.GUANXI_E2E_URL;
export const PASSWORD = 'correct horse battery';

/** Differs in each run and for each call, so that tests may run beside each other. */
export const unique = (word) => `${word}-${randomBytes(4).toString('hex')}`;

// From the range kept for documentation (RFC 5737); the server counts attempts by address.
const address = () => `203.0.113.${1 + Math.floor(Math.random() * 254)}`;

export class ApiFailure extends Error {
  constructor(call, status, body) {
    super(`${call}: ${status} ${body}`);
    this.status = status;
  }
}

/** One person with a token. call('POST', '/v1/customers', {…}) returns the body of the answer. */
export class Person {
  #from = address();

  constructor(fields) {
    Object.assign(this, fields);
  }

  async call(method, path, body) {
    const answer = await fetch(base + path, {
      method,
      headers: {
        'X-Forwarded-For': this.#from,
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ApiFailure(`${method} ${path}`, answer.status, text);
    return text && JSON.parse(text);
  }

  customer(fields) {
    return this.call('POST', '/v1/customers', fields);
  }

  log(customer, fields) {
    return this.call('POST', '/v1/interactions', { customer_id: customer.id, kind: 'call', summary: '聊了报价', ...fields });
  }

  task(fields) {
    return this.call('POST', '/v1/tasks', fields);
  }

  /** Invites somebody, who accepts. */
  async invite(name, role = 'rep') {
    const email = `${unique(role)}@e2e.example`;
    const { link } = await this.call('POST', '/v1/invitations', { name, email, roles: [role] });
    const guest = new Person({});
    const { access_token: token, user } = await guest.call('POST', '/v1/invitations/accept', { token: link.split('/').pop(), name, password: PASSWORD });
    return new Person({ token, id: user.id, name, email });
  }
}

/** Signs a company up and returns its admin. */
export async function signUp({ company = '云帆科技', name = '陈晨', locale = 'zh-CN' } = {}) {
  const email = `${unique('admin')}@e2e.example`;
  const body = { company: { name: company }, name, email, password: PASSWORD, locale, timezone: 'Asia/Shanghai' };
  const { access_token: token, user } = await new Person({}).call('POST', '/v1/signup', body);
  return new Person({ token, id: user.id, name, email, company });
}
