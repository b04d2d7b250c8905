import { useMutation } from '@tanstack/react-query';

import { client, unwrap } from './client';
import type { components } from './schema';

export type NewFeedback = components['schemas']['NewFeedback'];

export function useSendFeedback() {
  return useMutation({ mutationFn: (body: NewFeedback) => unwrap(client.POST('/v1/feedback', { body })) });
}
