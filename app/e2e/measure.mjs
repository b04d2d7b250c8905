// Measures the client in Chromium against the real server, with a company of many customers, and prints each figure
// beside its aim: node e2e/measure.mjs [customers]. It fails nothing: a busy machine is slow, and the figures say how busy it was.
import { loadavg } from 'node:os';

import { startServer } from './harness/server.mjs';

const customers = Number(process.argv[2] ?? 10_000);
const VISITS = 7;
const SCROLL_S = 8;

// Pixels in a second: a turning wheel, and the scroll bar dragged through ten thousand rows in ten seconds.
const speeds = { wheel: 3_000, drag: 40_000 };

const server = await startServer();
process.env.GUANXI_E2E_URL = server.url;
const { base, signUp } = await import('./harness/api.mjs');
const { launch, open, settled } = await import('./harness/browser.mjs');
const { eventually } = await import('./harness/eventually.mjs');
const browser = await launch();

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** One line: ratio is the figure over its aim; where less is better, up to 1.00 is met. */
function print(name, value, unit, { most, least, digits = 0 }, details) {
  const aim = most ?? least;
  const met = most === undefined ? value >= least : value <= most;
  console.log(
    `${name.padEnd(38)}${value.toFixed(digits).padStart(6)} ${unit.padEnd(4)} aim ${most === undefined ? '≥' : '≤'} ${String(aim).padEnd(4)} ` +
      `ratio ${(value / aim).toFixed(2)} ${met ? 'met   ' : 'MISSED'}  ${details}`,
  );
}

/** Makes the customers by an import, as a company that moves in would. */
async function fill(admin) {
  const lines = Array.from({ length: customers }, (_, i) => `测量客户${i},联系人${i},+8613${String(i).padStart(9, '0')},展会,软件`);
  const form = new FormData();
  form.set('file', new Blob([`公司名称,联系人,手机,来源渠道,行业\n${lines.join('\n')}\n`]), 'customers.csv');
  const upload = await fetch(`${base}/v1/imports`, { method: 'POST', headers: { Authorization: `Bearer ${admin.token}` }, body: form });
  if (!upload.ok) throw new Error(`upload: ${upload.status} ${await upload.text()}`);
  const { id } = await upload.json();
  await admin.call('POST', `/v1/imports/${id}/run`, {});
  await eventually('the import is done', async () => (await admin.call('GET', `/v1/imports/${id}`)).status === 'finished', 300_000);
}

// Notes when the first row has been painted, by the page's clock, which starts with the navigation.
function watchFirstRow() {
  const look = () => {
    if (!document.querySelector('tr[data-testid^="row-"]')) return void requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => (globalThis.firstRowAt = performance.now())));
  };
  requestAnimationFrame(look);
}

const secondsToList = async (page) => (await page.waitForFunction(() => globalThis.firstRowAt).then((handle) => handle.jsonValue())) / 1000;

/** The kB that came over the line before the first row, without what the API said. */
const kBBeforeList = (page) =>
  page.evaluate(() => {
    const files = performance.getEntriesByType('resource').filter(({ name, responseEnd }) => responseEnd < globalThis.firstRowAt && !name.includes('/v1/'));
    return [...performance.getEntriesByType('navigation'), ...files].reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0) / 1000;
  });

/** Opens the list on devices that have never seen it, and reloads it there. */
async function measureOpening(admin) {
  const cold = [];
  const reload = [];
  const kB = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const page = await open(browser, { as: admin, serviceWorkers: 'allow' });
    await page.addInitScript(watchFirstRow);
    await page.goto('/customers', { waitUntil: 'commit' });
    cold.push(await secondsToList(page));
    kB.push(await kBBeforeList(page));
    await settled(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForTimeout(1_500); // what is kept on the device is written with some delay
    await page.reload({ waitUntil: 'commit' });
    reload.push(await secondsToList(page));
    await page.context().close();
  }
  return { cold, reload, kB };
}

/** Scrolls the table for some seconds, to and fro at its ends, and returns how long each frame took. */
function scroll(page, speed) {
  return page.evaluate(
    async ({ speed, seconds }) => {
      const scroller = document.querySelector('table').parentElement;
      const frames = [];
      let direction = 1;
      let last = await new Promise(requestAnimationFrame);
      for (const end = last + seconds * 1000; last < end; ) {
        const before = scroller.scrollTop;
        scroller.scrollTop += (direction * speed) / 60;
        if (scroller.scrollTop === before) direction = -direction;
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
      }
      return frames;
    },
    { speed, seconds: SCROLL_S },
  );
}

async function measureScrolling(admin) {
  const page = await open(browser, { as: admin });
  await page.goto('/customers');
  await page.locator('tr[data-testid^="row-"]').first().waitFor();
  const loading = await scroll(page, speeds.wheel);
  await page.evaluate(async (count) => {
    const table = document.querySelector('table');
    while (Number(table.getAttribute('aria-rowcount')) <= count) {
      table.parentElement.scrollTop = table.parentElement.scrollHeight;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    table.parentElement.scrollTop = 0;
  }, customers);
  const wheel = await scroll(page, speeds.wheel);
  const drag = await scroll(page, speeds.drag);
  await page.context().close();
  return { 'while pages are loaded': loading, 'all loaded': wheel, 'by the scroll bar': drag };
}

try {
  const admin = await signUp();
  await fill(admin);
  const busy = () => `load ${loadavg()[0].toFixed(1)}`;
  const { cold, reload, kB } = await measureOpening(admin);
  const each = (values) => `${values.map((value) => value.toFixed(2)).join(' ')}, ${busy()}`;
  print('customer list visible, first visit', median(cold), 's', { most: 1.5, digits: 2 }, each(cold));
  print('customer list visible, reload', median(reload), 's', { most: 0.6, digits: 2 }, each(reload));
  print('before the list, brotli', median(kB), 'kB', { most: 500 }, '');
  for (const [how, frames] of Object.entries(await measureScrolling(admin))) {
    const mean = (1000 * frames.length) / sum(frames);
    const slow = frames.filter((ms) => ms > 34).length;
    print(`scrolling, ${how}`, 1000 / median(frames), 'fps', { least: 55 }, `mean ${mean.toFixed(1)}, ${slow} of ${frames.length} frames over 34 ms, ${busy()}`);
  }
} finally {
  await browser.close();
  await server.stop();
}
