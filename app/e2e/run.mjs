// Runs the tests against one server that it starts: node e2e/run.mjs [names of files, as customers].
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

import { startServer } from './harness/server.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.e2e.mjs') && (wanted.length === 0 || wanted.includes(name.replace('.e2e.mjs', ''))))
  .map((name) => join(folder, name));
if (files.length === 0) throw new Error(`no tests named ${wanted.join(', ')}`);

const server = await startServer();
process.env.GUANXI_E2E_URL = server.url;
const tests = run({ files, concurrency: 2 });
tests.on('test:fail', () => {
  process.exitCode = 1;
});
tests.compose(spec).pipe(process.stdout);
tests.once('end', async () => {
  await server.stop();
  if (process.exitCode) console.log(server.log());
});
