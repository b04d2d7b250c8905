// Makes the Postman collection: scripted flows, then every operation of the OpenAPI document with its examples.
//   node collection.mjs openapi.json collection.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import converter from 'openapi-to-postmanv2';

import { flows } from './flows.mjs';

const convert = promisify(converter.convertV2.bind(converter));

// What every operation, called with the examples of its description, has to keep to.
const documented = (statuses, isPage) => [
  `const documented = ${JSON.stringify(statuses)};`,
  "pm.test('answers as it is described', () => pm.expect(documented).to.include(pm.response.code));",
  "pm.test('does not break', () => pm.expect(pm.response.code).to.be.below(500));",
  // A page says it to people, in their language.
  ...(isPage
    ? []
    : [
        "if (pm.response.code >= 400) pm.test('says what is wrong', () => {",
        "  pm.expect(pm.response.headers.get('Content-Type')).to.include('application/problem+json');",
        "  pm.expect(pm.response.json()).to.include.keys('status', 'title', 'code');",
        '});',
      ]),
];

const script = (listen, lines) => ({ listen, script: { type: 'text/javascript', exec: lines } });

/** Turns a step of a flow into a request of Postman's. */
function requestOf({ name, method, path, token = 'access_token', body, text = body && JSON.stringify(body, null, 2), headers = {}, test = [] }) {
  return {
    name,
    request: {
      method,
      url: `{{baseUrl}}${path}`,
      auth: token ? { type: 'bearer', bearer: [{ key: 'token', value: `{{${token}}}`, type: 'string' }] } : { type: 'noauth' },
      header: Object.entries(headers).map(([key, value]) => ({ key, value })),
      ...(text && { body: { mode: 'raw', raw: text, options: { raw: { language: 'json' } } } }),
    },
    event: [script('test', test)],
  };
}

/** Whether an operation answers with a page for people. */
const answersPage = (operation) => Object.values(operation.responses).some((response) => response.content?.['text/html']);

/** The requests of a converted collection, however deep their folders. */
const requestsIn = (items) => items.flatMap((item) => (item.request ? [item] : requestsIn(item.item)));

/** The address of a request as the OpenAPI document writes it. */
const pathOf = (request) => `/${request.url.path.map((part) => part.replace(/^:(.*)$/, '{$1}')).join('/')}`;

export async function collectionOf(openapi) {
  const { result, reason, output } = await convert(
    { type: 'json', data: openapi },
    { folderStrategy: 'Tags', requestParametersResolution: 'Example', exampleParametersResolution: 'Example', optimizeConversion: false, keepImplicitHeaders: true },
  );
  if (!result) throw new Error(reason);
  const collection = output[0].data;
  for (const item of requestsIn(collection.item)) {
    const { request } = item;
    const operation = openapi.paths[pathOf(request)]?.[request.method.toLowerCase()];
    if (!operation) throw new Error(`${request.method} ${pathOf(request)} is not in the description`);
    const open = operation.security?.some((way) => Object.keys(way).length === 0);
    request.auth = open ? { type: 'noauth' } : { type: 'bearer', bearer: [{ key: 'token', value: '{{api_key}}', type: 'string' }] };
    // Parameters that may be left out are there to be ticked, not sent.
    for (const parameter of [...(request.url.query ?? []), ...(request.header ?? [])]) parameter.disabled = !/^(accept|content-type)$/i.test(parameter.key);
    item.response = [];
    item.event = [script('test', documented(Object.keys(operation.responses).map(Number), answersPage(operation)))];
  }
  return {
    info: { name: 'Guanxi', description: openapi.info.description, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    variable: [{ key: 'baseUrl', value: openapi.servers[0].url }],
    item: [
      ...flows.map(({ name, steps }) => ({ name, item: steps.map(requestOf) })),
      { name: 'Every operation', item: collection.item },
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to] = process.argv.slice(2);
  if (!to) throw new Error('usage: node collection.mjs openapi.json collection.json');
  writeFileSync(to, JSON.stringify(await collectionOf(JSON.parse(readFileSync(from, 'utf8'))), null, 2));
}
