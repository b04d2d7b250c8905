import { act, configure, fireEvent, screen, waitFor } from '@testing-library/react-native';

import type { Customer } from '@/api/customers';
import { meOf, renderApp, type Answers } from '@/testing/renderApp';

import { InlineField } from './InlineField';

jest.mock('expo-router', () => ({ router: {}, Link: ({ children }: { children: React.ReactNode }) => children }));

const customer = {
  id: 'cus_1',
  name: '云帆科技',
  contact_name: '王志强',
  phone: '+8613800138000',
  note: '',
  revenue_currency: null,
  tags: [],
} as unknown as Customer;

/** A server on which somebody else has just made changes. */
function server(theirs: Partial<Customer>): Answers {
  let etag = '"2"';
  return {
    'GET /v1/me': { body: meOf() },
    'GET /v1/members': { body: { data: [] } },
    'GET /v1/customers/cus_1': () => ({ body: { ...customer, ...theirs }, headers: { ETag: etag } }),
    'PATCH /v1/customers/cus_1': (body) => {
      if (etag === '"2"') {
        etag = '"3"';
        return { status: 412, body: { status: 412, code: 'stale' } };
      }
      return { body: { ...customer, ...theirs, ...(body as object) }, headers: { ETag: '"4"' } };
    },
  };
}

async function edit(theirs: Partial<Customer>, text: string) {
  const { sent } = await renderApp(<InlineField field="contact_name" customer={{ record: customer, etag: '"1"' }} canEdit />, server(theirs));
  await waitFor(() => expect(sent.map(({ call }) => call)).toContain('GET /v1/me'));
  await act(async () => {});
  fireEvent.press(await screen.findByTestId('field-contact_name'));
  fireEvent.changeText(screen.getByTestId('field-contact_name'), text);
  fireEvent.press(screen.getByTestId('action-save-field'));
  return () => sent.filter(({ call }) => call.startsWith('PATCH')).map(({ body }) => body);
}

// The first rendering compiles the client, which a busy machine does slowly.
jest.setTimeout(30_000);
configure({ asyncUtilTimeout: 10_000 });

describe('inline editing', () => {
  it('saves on top of what somebody changed elsewhere', async () => {
    const patches = await edit({ note: 'theirs' }, '李敏');
    await waitFor(() => expect(patches()).toEqual([{ contact_name: '李敏' }, { contact_name: '李敏' }]));
    expect(screen.queryByTestId('panel-conflict')).toBeNull();
  });

  it('asks when both changed the same, and keeps mine on demand', async () => {
    const patches = await edit({ contact_name: '赵总' }, '李敏');
    expect(await screen.findByTestId('panel-conflict')).toBeTruthy();
    expect(screen.getByText('赵总')).toBeTruthy();
    fireEvent.press(screen.getByTestId('action-resolve'));
    await waitFor(() => expect(patches()).toEqual([{ contact_name: '李敏' }, { contact_name: '李敏' }]));
  });

  it('changes nothing when theirs is chosen', async () => {
    const patches = await edit({ contact_name: '赵总' }, '李敏');
    fireEvent.press(await screen.findByTestId('pick-theirs-contact_name'));
    fireEvent.press(screen.getByTestId('action-resolve'));
    await waitFor(() => expect(screen.queryByTestId('panel-conflict')).toBeNull());
    expect(patches()).toHaveLength(1);
  });

  it('is not offered to those who may not', async () => {
    await renderApp(<InlineField field="contact_name" customer={{ record: customer, etag: '"1"' }} canEdit={false} />, server({}));
    expect(await screen.findByText('王志强')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });
});
