// Chromium, one for each file of tests, with a fresh profile for each page that is opened.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { base, PASSWORD } from './api.mjs';

const executablePath = which(process.env.CHROMIUM || 'chromium');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** The two sizes that ui.md designs for. */
export const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

const cache = fileURLToPath(new URL('../../../.cache', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A page may take its time on a machine that also runs the tests of the server.
const PATIENCE_MS = 15_000;

/** Starts Chromium. */
export const launch = () => chromium.launch({ executablePath, args: flags });

/**
 * Opens a page as somebody's own device. It collects in page.faults what nobody should see: errors of scripts, what the
 * page's policy has refused, answers of the kind 5xx. A service worker would answer before page.route, so there is none
 * unless a test is about it.
 */
export async function open(browser, { size = 'desktop', locale = 'zh-CN', theme = 'light', as, at = base, serviceWorkers = 'block' } = {}) {
  const context = await browser.newContext({
    ...sizes[size], locale, colorScheme: theme, timezoneId: 'Asia/Shanghai', baseURL: at, reducedMotion: 'reduce', serviceWorkers,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.faults = [];
  page.asked = 0; // requests that have no answer yet
  page.on('request', () => page.asked++);
  page.on('requestfailed', () => page.asked--);
  page.on('response', () => page.asked--);
  page.on('pageerror', (error) => page.faults.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy|Uncaught|Warning: |Each child in a list/.test(text)) page.faults.push(`console: ${text}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) page.faults.push(`${response.status()} from ${response.url()}`);
  });
  if (as) await enter(page, as);
  return page;
}

/** Waits until every request is answered and nothing is a skeleton any more. */
export async function settled(page) {
  for (let quiet = 0; quiet < 3; ) {
    await page.waitForTimeout(50);
    const busy = page.asked > 0 || (await page.evaluate(() => !document.querySelector('#root')?.childElementCount || document.querySelector('[aria-busy="true"]')));
    quiet = busy ? 0 : quiet + 1;
  }
}

/** Signs somebody in without the form, as a page that was opened earlier would be. */
export async function enter(page, person) {
  const answer = await page.request.post('/v1/auth/login', {
    headers: { 'X-Guanxi-Client': 'web' },
    data: { identifier: person.email, password: PASSWORD, device: 'e2e' },
  });
  if (!answer.ok()) throw new Error(`sign-in of ${person.email}: ${answer.status()} ${await answer.text()}`);
}

/** Signs somebody in by the form that the page shows. */
export async function signIn(page, person, password = PASSWORD) {
  await page.getByTestId('field-identifier').fill(person.email);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('action-sign-in').click();
}

/** What axe finds serious on the page as it is, one text each. In another theme only the colours differ. */
export async function accessibilityProblems(page) {
  await page.evaluate(axe);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), tags);
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  const dark = await page.evaluate(() => globalThis.axe.run({ runOnly: { type: 'rule', values: ['color-contrast'] } }));
  await page.emulateMedia({ colorScheme: 'light' });
  return [...violations, ...dark.violations]
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`)].join('\n    '));
}

/** Writes a picture under .cache and returns where. */
export async function picture(page, ...path) {
  const file = join(cache, ...path.map((part) => part.replace(/[^\w\u4e00-\u9fff.-]+/g, '-')));
  mkdirSync(join(file, '..'), { recursive: true });
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  return file;
}

function which(name) {
  if (name.includes('/')) return name;
  const found = (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (!found) throw new Error(`${name} is not on the PATH; name it with CHROMIUM=/path/to/it`);
  return found;
}
