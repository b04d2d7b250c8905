// Writes a picture of every screen to .cache/screens/<size>-<theme>-<language>/<screen>.png: node e2e/screens.mjs [parts of names].
import { startServer } from './harness/server.mjs';

const wanted = process.argv.slice(2);
const server = await startServer();
process.env.GUANXI_E2E_URL = server.url;
const { enter, launch, open, picture } = await import('./harness/browser.mjs');
const { makeNewcomer, makeOffice } = await import('./harness/office.mjs');
const { screens, show } = await import('./harness/screens.mjs');
const browser = await launch();
let failed = 0;

/** Draws the screens that one person sees, in one tab as they would. */
async function draw({ office, people, who, size, theme, locale }) {
  const page = await open(browser, { size, theme, locale: locale === 'en' ? 'en-US' : 'zh-CN' });
  if (who) await enter(page, people[who]);
  for (const screen of screens) {
    if (screen.who !== who || (screen.size ?? size) !== size || !wanted.every((part) => screen.name.includes(part))) continue;
    try {
      await show(page, screen, office);
    } catch (error) {
      failed++;
      console.error(`${size} ${theme} ${locale} ${screen.name}: ${error.message}`);
    }
    await picture(page, 'screens', `${size}-${theme}-${locale === 'en' ? 'en' : 'zh'}`, `${screen.name}.png`);
  }
  for (const fault of page.faults) console.error(`${size} ${theme} ${locale} ${who}: ${fault}`);
  failed += page.faults.length;
  await page.context().close();
}

try {
  for (const locale of ['zh-CN', 'en']) {
    const office = await makeOffice(locale);
    const people = { admin: office.admin, rep: office.rep, newcomer: await makeNewcomer(locale) };
    for (const size of ['desktop', 'phone']) {
      for (const theme of ['light', 'dark']) {
        for (const who of [null, 'admin', 'rep', 'newcomer']) await draw({ office, people, who, size, theme, locale });
        console.log(`${size} ${theme} ${locale}: drawn`);
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
if (failed) {
  console.error(`${failed} faults`);
  process.exitCode = 1;
}
