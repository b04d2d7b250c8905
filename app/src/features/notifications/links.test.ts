import { screenOf } from './links';

it.each([
  '/customers/cus_01h455vb4pex5vsknk084sn02q',
  '/customers?view=quiet',
  '/tasks/tsk_01h455vb4pex5vsknk084sn02q',
  '/imports/imp_01h455vb4pex5vsknk084sn02q',
])('%s has a screen', (link) => {
  expect(screenOf(link)).toBe(link);
});

it.each(['', '/settings/integrations', 'https://evil.example/customers', '//evil.example', '/customers/../sign-in'])(
  '%s leads nowhere',
  (link) => {
    expect(screenOf(link)).toBeUndefined();
  },
);
