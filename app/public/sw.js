// Keeps the client's own files in the browser, so that it opens without a network. It never touches data: what the API
// answers the client keeps itself, for each person apart, and forgets at sign-out.

// Both are filled in by scripts/build-web.mjs; a new release has another version and other names.
const VERSION = '';
const FILES = [];

const CACHE = `guanxi-${VERSION}`;

// A network that takes longer to answer is as good as none, if there is a page to fall back to.
const PATIENCE_MS = 4_000;

// What the server answers itself; everything else without an extension is the client's page.
const SERVER = /^\/(v1|platform|hooks|docs|healthz|readyz|metrics)(\/|$)/;

self.addEventListener('install', (event) => event.waitUntil(install()));

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all([cache.addAll(FILES), cache.add(new Request('/', { cache: 'reload' }))]);
  await self.skipWaiting();
}

self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const others = (await caches.keys()).filter((name) => name.startsWith('guanxi-') && name !== CACHE);
  // The release before stays: tabs that were open already load their parts from it.
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || SERVER.test(pathname)) return;
  const isFile = /\.[^/]+$/.test(pathname);
  if (request.mode === 'navigate' && !isFile) event.respondWith(page(event));
  else if (FILES.includes(pathname) || pathname.startsWith('/_expo/static/')) event.respondWith(file(request));
});

/** The page from the network, so that a new release is seen at once; the kept one when no answer comes. */
async function page(event) {
  const asked = Promise.resolve(event.preloadResponse).then((answer) => answer ?? fetch(event.request));
  const soon = Promise.race([asked, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const answer = await soon.catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  const kept = await (await caches.open(CACHE)).match('/', { ignoreVary: true });
  return kept ?? asked;
}

/** A file whose name changes with its content: once kept it need not be asked for. */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
