// Runs the collection with newman against a server that it starts.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import newman from 'newman';

import { startServer } from '../../app/e2e/harness/server.mjs';
import { collectionOf } from './collection.mjs';

const binary = fileURLToPath(new URL('../../bin/guanxi', import.meta.url));
const openapi = JSON.parse(execFileSync(binary, ['openapi'], { maxBuffer: 64 << 20 }));
const collection = await collectionOf(openapi);
// Every operation is called within seconds, which no plan's rate allows.
const server = await startServer({ GUANXI_RATE_SCALE: '100' });
newman.run(
  { collection, envVar: [{ key: 'baseUrl', value: server.url }], reporters: ['progress'], timeoutRequest: 30_000 },
  async (error, summary) => {
    await server.stop();
    const failures = summary?.run.failures ?? [];
    for (const { source, error: why } of failures) console.error(`${source?.name}: ${why.test ?? ''} ${why.message}`);
    const { requests, assertions } = summary?.run.stats ?? {};
    if (requests) console.log(`${requests.total} requests, ${assertions.total} assertions, ${failures.length} failures`);
    if (error || failures.length > 0) {
      if (error) console.error(error);
      console.error(server.log());
      process.exitCode = 1;
    }
  },
);
