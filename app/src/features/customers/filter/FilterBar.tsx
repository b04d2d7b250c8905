import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import type { ApiError } from '@/api/client';
import { Button, Chip, Column, IconButton, partOnDemand, Row, Text, useWidth } from '@/ui';

import { isRaw, type Clause } from './fields';
import { problemFrom } from './filterError';
import { FilterMark } from './FilterMark';
import { clausesOf } from './read';
import { useFilterWords } from './useFilterWords';
import { useSentence } from './useSentence';
import { toFilter } from './write';

// What makes filters comes with its first use.
const FilterBuilder = partOnDemand(() => import('./FilterBuilder').then((module) => module.FilterBuilder));
const FilterText = partOnDemand(() => import('./FilterText').then((module) => module.FilterText));

interface Props {
  filter: string;
  onChange: (filter: string) => void;
  /** Why the server did not understand the filter. */
  error: ApiError | null;
  /** Left and right of the button that adds a sentence. */
  before: ReactNode;
  after: ReactNode;
  /** Takes the place of that line. */
  instead?: ReactNode;
}

type Open = { type: 'builder'; index: number | null } | { type: 'text' } | null;

/** The filter as chips, each a sentence; + adds one, a chip opens to be changed. AND stands between them. */
export function FilterBar({ filter, onChange, error, before, after, instead }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const wordsOf = useFilterWords();
  const [open, setOpen] = useState<Open>(null);
  const clauses = clausesOf(filter);
  const phone = useWidth() === 'phone';
  const problem = problemFrom(error);

  const replace = (index: number | null, clause: Clause) => {
    const next = index === null ? [...clauses, clause] : clauses.map((old, i) => (i === index ? clause : old));
    onChange(toFilter(next));
    setOpen(null);
  };
  const edited = open?.type === 'builder' && open.index !== null ? clauses[open.index] : undefined;

  return (
    <Column gap={8}>
      {instead || (
        <Row gap={8}>
          {before}
          <AddButton onPress={() => setOpen({ type: 'builder', index: null })} />
          {!phone && <View style={{ flex: 1 }} />}
          {after}
        </Row>
      )}
      {clauses.length > 0 && (
        <Row gap={8} wrap>
          {clauses.map((clause, index) => (
            <Chip
              key={`${index} ${toFilter([clause])}`}
              label={sentence(clause)}
              tone={problem && isRaw(clause) ? 'danger' : 'neutral'}
              onPress={() => setOpen(isRaw(clause) ? { type: 'text' } : { type: 'builder', index })}
              onRemove={() => onChange(toFilter(clauses.filter((_, i) => i !== index)))}
            />
          ))}
          {clauses.length > 1 && (
            <Button label={t('customers:filter.clear')} kind="text" size="small" onPress={() => onChange('')} testID="action-clear-filter" />
          )}
        </Row>
      )}
      {problem && (
        <Column gap={4}>
          <Text variant="label" tone="danger" role="alert">
            {wordsOf(problem)}
          </Text>
          <Row gap={8} wrap>
            {problem.at !== undefined && <FilterMark filter={filter} at={problem.at} />}
            <Button label={t('customers:filter.asText')} kind="text" size="small" onPress={() => setOpen({ type: 'text' })} testID="action-filter-text" />
          </Row>
        </Column>
      )}
      {open?.type === 'builder' && (
        <FilterBuilder
          clause={edited && !isRaw(edited) ? edited : undefined}
          onApply={(clause) => replace(open.index, clause)}
          onText={() => setOpen({ type: 'text' })}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.type === 'text' && (
        <FilterText
          filter={filter}
          error={error}
          onApply={(text) => {
            onChange(text);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </Column>
  );
}

/** On phones there is no room for the word beside the search. */
function AddButton({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation();
  const phone = useWidth() === 'phone';
  const label = t('customers:filter.add');
  return phone ? (
    <IconButton icon="filter-plus-outline" label={label} onPress={onPress} testID="action-filter" />
  ) : (
    <Button icon="filter-plus-outline" kind="text" label={label} onPress={onPress} testID="action-filter" />
  );
}
