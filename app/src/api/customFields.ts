import { useQuery } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type CustomField = components['schemas']['CustomField'];

/** The fields that the company has added to records of a kind, in the order of its forms. */
export function useCustomFields(resource: CustomField['resource']) {
  const key = useKey();
  return useQuery({
    queryKey: key('custom-fields', resource),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/custom-fields', { params: { query: { resource } }, signal }))).data,
    staleTime: 60_000,
  });
}

/** What people call a field, or an option of one; one language stands in for the other. */
export const labelIn = (language: string, { zh, en }: CustomField['label']): string => (language.startsWith('zh') ? zh || en : en || zh) ?? '';
