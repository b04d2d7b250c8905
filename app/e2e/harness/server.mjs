// Starts the built program with databases of its own in a folder that is removed afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../../bin/guanxi', import.meta.url));

// On a busy machine the first start has to make the databases' files.
const START_MS = 120_000;

/** Starts a server on a free port; env adds settings. It ends with stop(), which waits until the databases are gone. */
export async function startServer(env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gx-e2e-')); // short: the path of a socket may not be long
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GUANXI_')));
  const child = spawn(binary, ['dev', '--no-demo', '--addr', '127.0.0.1:0', '--data-dir', folder], {
    // Each person of the tests comes from an address of their own, so that they do not use up each other's attempts.
    env: { ...inherited, GUANXI_TRUST_PROXY: 'true', GUANXI_LOG_LEVEL: 'WARN', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill();
      reject(new Error(`the server did not start: ${why}\n${output}`));
    };
    const timer = setTimeout(() => fail(`not within ${START_MS / 1000} s`), START_MS);
    const read = (chunk) => {
      output += chunk;
      const [, address] = /is running: (http:\/\/\S+)/.exec(output) ?? [];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(error.message));
    void ended.then(() => fail('it ended'));
  });
  return {
    url,
    /** What the server has logged, for a test that failed. */
    log: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
