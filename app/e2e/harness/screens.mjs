// Every screen, with what has to be done to see it. Pictures and the checks for accessibility walk this list.
import { settled } from './browser.mjs';

const click = (id) => async (page) => page.getByTestId(id).first().click();
const press = (keys, id) => async (page) => {
  await page.keyboard.press(keys);
  await page.getByTestId(id).waitFor();
};

/** Logs a contact that does not reach the server, and looks at what waits. */
async function logOffline(page) {
  await page.route('**/v1/interactions', (route) => route.abort());
  await page.getByTestId('action-log').first().click();
  const sheet = page.getByTestId('panel-log');
  await sheet.getByTestId('field-summary').fill('王志强 +86 138 0013 8000');
  await sheet.getByTestId('action-save-log').click();
  await page.getByTestId('waiting-bar').waitFor();
  await page.unroute('**/v1/interactions');
  await page.getByTestId('offline-bar').waitFor({ state: 'detached' });
  await page.getByTestId('action-view-waiting').click();
}

/** name, path (of the office), who looks at it, what is done then, and only for which size. */
export const screens = [
  { name: 'sign-in', path: () => '/sign-in', who: null },
  { name: 'sign-in-wrong', path: () => '/sign-in', who: null, then: click('action-sign-in') },
  { name: 'sign-up', path: () => '/sign-up', who: null },
  { name: 'invitation', path: (o) => o.invitation, who: null },
  { name: 'invitation-unknown', path: () => '/invite/AAAA', who: null },
  { name: 'home-admin', path: () => '/', who: 'admin' },
  { name: 'home-rep', path: () => '/', who: 'rep' },
  { name: 'home-new', path: () => '/', who: 'newcomer' },
  { name: 'customers', path: () => '/customers', who: 'admin' },
  { name: 'customers-empty', path: () => '/customers', who: 'newcomer' },
  { name: 'customers-no-match', path: () => '/customers?q=zzzz', who: 'admin' },
  { name: 'customers-filtered', path: () => `/customers?filter=${encodeURIComponent('lifecycle = "interested" AND owner = me')}`, who: 'admin' },
  { name: 'customers-filter-wrong', path: () => `/customers?filter=${encodeURIComponent('lifecycle = "maybe" AND owner = me')}`, who: 'admin' },
  { name: 'customers-filter-builder', path: () => '/customers', who: 'admin', then: click('action-filter') },
  { name: 'customers-selected', path: () => '/customers', who: 'admin', then: click('select-all'), size: 'desktop' },
  { name: 'customer-new', path: () => '/customers', who: 'admin', then: click('action-new') },
  { name: 'customer-records', path: (o) => `/customers/${o.customers[0].id}/records`, who: 'admin' },
  { name: 'customer-basic', path: (o) => `/customers/${o.customers[0].id}/basic`, who: 'admin' },
  { name: 'customer-tasks', path: (o) => `/customers/${o.customers[0].id}/tasks`, who: 'admin' },
  { name: 'customer-long-name', path: (o) => `/customers/${o.customers[4].id}/records`, who: 'admin' },
  { name: 'customer-log', path: (o) => `/customers/${o.customers[0].id}/records`, who: 'admin', then: click('action-log') },
  { name: 'customer-unknown', path: () => '/customers/cus_01h455vb4pex5vsknk084sn02q/records', who: 'admin' },
  { name: 'tasks', path: () => '/tasks', who: 'admin' },
  { name: 'tasks-empty', path: () => '/tasks', who: 'newcomer' },
  { name: 'task-new', path: () => '/tasks', who: 'admin', then: click('action-new-task') },
  { name: 'interactions', path: () => '/interactions', who: 'admin' },
  { name: 'notifications', path: () => '/notifications', who: 'rep' },
  { name: 'notifications-empty', path: () => '/notifications', who: 'newcomer' },
  { name: 'imports', path: () => '/imports', who: 'admin' },
  { name: 'import-mapping', path: (o) => `/imports/${o.mapping.id}`, who: 'admin' },
  { name: 'import-result', path: (o) => `/imports/${o.finishedImport.id}`, who: 'admin' },
  { name: 'settings', path: () => '/settings', who: 'admin' },
  { name: 'settings-profile', path: () => '/settings/profile', who: 'admin' },
  { name: 'settings-sessions', path: () => '/settings/sessions', who: 'admin' },
  { name: 'settings-members', path: () => '/settings/members', who: 'admin' },
  { name: 'settings-members-rep', path: () => '/settings/members', who: 'rep' },
  { name: 'settings-invitations', path: () => '/settings/invitations', who: 'admin' },
  { name: 'settings-invite', path: () => '/settings/members', who: 'admin', then: click('action-invite') },
  { name: 'feedback', path: () => '/', who: 'admin', then: click('nav-feedback'), size: 'desktop' },
  { name: 'account-menu', path: () => '/', who: 'admin', then: click('nav-account'), size: 'desktop' },
  { name: 'more-menu', path: () => '/', who: 'admin', then: click('nav-more'), size: 'phone' },
  { name: 'palette', path: (o) => `/customers/${o.customers[0].id}/records`, who: 'admin', then: press('Control+k', 'panel-palette'), size: 'desktop' },
  { name: 'keys', path: () => '/customers', who: 'admin', then: press('?', 'panel-keys'), size: 'desktop' },
  { name: 'not-found', path: () => '/nothing/here', who: 'admin' },
  // Last, because from here on something waits.
  { name: 'waiting', path: (o) => `/customers/${o.customers[1].id}/records`, who: 'rep', then: logOffline },
];

/** Goes to a screen and waits until it has what it shows. */
export async function show(page, screen, office) {
  await page.goto(screen.path(office));
  await settled(page);
  if (!screen.then) return;
  await screen.then(page);
  await settled(page);
}
