// Builds the web client into dist, from where the Go binary embeds it: exports, then compresses each file once, as well
// as it can be, so that the server only has to choose. dist changes at the very end: a build that fails leaves the last one.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const app = fileURLToPath(new URL('..', import.meta.url));
const dist = join(app, 'dist');

// Shaking takes minutes, so a build for development does without: node scripts/build-web.mjs --shake
const shake = process.argv.includes('--shake');

// Images and fonts in these formats are compressed already.
const packed = new Set(['.png', '.jpg', '.webp', '.gif', '.woff2', '.br', '.gz']);

function exportTo(folder) {
  const { status } = spawnSync('npx', ['expo', 'export', '--platform', 'web', '--output-dir', folder], {
    cwd: app,
    stdio: 'inherit',
    env: {
      ...process.env,
      CI: '1',
      EXPO_OFFLINE: '1',
      EXPO_NO_TELEMETRY: '1',
      ...(shake && { EXPO_UNSTABLE_METRO_OPTIMIZE_GRAPH: '1', EXPO_UNSTABLE_TREE_SHAKING: '1' }),
    },
  });
  if (status !== 0) throw new Error('expo export failed');
}

function compress(file) {
  const plain = readFileSync(file);
  const forms = {
    '.br': brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
    '.gz': gzipSync(plain, { level: 9 }),
  };
  for (const [extension, content] of Object.entries(forms)) {
    if (content.length < plain.length * 0.95) writeFileSync(file + extension, content);
  }
  return { plain: plain.length, brotli: forms['.br'].length };
}

/** Tells the service worker which files to keep. Their names hold their content, so they are the release's version too. */
function nameFiles(folder, names) {
  const file = join(folder, 'sw.js');
  const files = names.filter((name) => name.startsWith('_expo/static/') || name === 'favicon.ico').map((name) => `/${name}`).sort();
  const version = createHash('sha256').update(files.join() + readFileSync(join(folder, 'index.html'))).digest('hex').slice(0, 16);
  const text = readFileSync(file, 'utf8').replace("VERSION = ''", `VERSION = '${version}'`).replace('FILES = []', `FILES = ${JSON.stringify(files)}`);
  writeFileSync(file, text);
}

const started = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'guanxi-web-'));
try {
  exportTo(folder);
  rmSync(join(folder, 'metadata.json'), { force: true }); // for native updates
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
  nameFiles(folder, names);
  const sizes = {};
  for (const name of names) {
    if (packed.has(extname(name)) || name === 'index.html') continue; // the server writes its own page
    sizes[name] = compress(join(folder, name));
  }
  for (const name of readdirSync(dist)) {
    if (name !== '.gitkeep') rmSync(join(dist, name), { recursive: true });
  }
  cpSync(folder, dist, { recursive: true });
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const first = [...page.matchAll(/src="\/([^"]+)"/g)].map(([, name]) => sizes[name]?.brotli ?? 0);
  const kB = (bytes) => Math.round(bytes / 1000);
  console.log(
    `web client: ${kB(first.reduce((a, b) => a + b, 0))} kB brotli before the first route, ` +
      `${kB(Object.values(sizes).reduce((a, { brotli }) => a + brotli, 0))} kB with all routes, ${Math.round((Date.now() - started) / 1000)} s`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
