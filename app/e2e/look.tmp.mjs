import { startServer } from './harness/server.mjs';
const server = await startServer();
process.env.GUANXI_E2E_URL = server.url;
const api = await import('./harness/api.mjs');
const { open, launch, settled, enter, signIn } = await import('./harness/browser.mjs');
const { makeOffice } = await import('./harness/office.mjs');
const browser = await launch();
const steps = (await import(process.argv[2])).default;
try { await steps({ ...api, open: (o) => open(browser, o), settled, enter, signIn, makeOffice, server, shot: (page, name) => page.screenshot({ path: `/tmp/client/${name}.png`, animations: 'disabled' }) }); }
finally { await browser.close(); await server.stop(); }
