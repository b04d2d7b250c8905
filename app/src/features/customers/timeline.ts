import type { Interaction } from '@/api/interactions';
import type { StageVisit } from '@/api/lifecycle';

/** One entry of a customer's records: a contact, or the entry into a stage. */
export type TimelineEntry =
  | { type: 'interaction'; key: string; at: string; interaction: Interaction }
  | { type: 'stage'; key: string; at: string; visit: StageVisit };

/**
 * Merges contacts and stages, newest first. While older contacts are still to be loaded, stages older than the
 * oldest loaded contact wait, else later pages would push in above what is already read.
 */
export function timelineOf(interactions: Interaction[], visits: StageVisit[], complete: boolean): TimelineEntry[] {
  const oldest = interactions.at(-1)?.occurred_at;
  const shown = complete || oldest === undefined ? visits : visits.filter((visit) => visit.entered_at >= oldest);
  const entries: TimelineEntry[] = [
    ...interactions.map((interaction) => ({ type: 'interaction' as const, key: interaction.id, at: interaction.occurred_at, interaction })),
    ...shown.map((visit) => ({ type: 'stage' as const, key: `${visit.to} ${visit.entered_at}`, at: visit.entered_at, visit })),
  ];
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
