import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiError } from '@/api/client';
import { Button, Column, Form, FormActions, Sheet, Text, TextField } from '@/ui';

import { FILTER_FIELDS } from './fields';
import { problemFrom, problemIn, type FilterProblem } from './filterError';
import { FilterMark } from './FilterMark';
import { useFilterWords } from './useFilterWords';

interface Props {
  filter: string;
  /** What the server said about this filter. */
  error: ApiError | null;
  onApply: (filter: string) => void;
  onClose: () => void;
}

const EXAMPLE = 'lifecycle = interested AND (owner = me OR tags:"vip") AND last_interaction_at < ago("7d")';

/** The filter as text, for what the builder cannot say. It shows where a mistake is. */
export function FilterText({ filter, error, onApply, onClose }: Props) {
  const { t } = useTranslation();
  const wordsOf = useFilterWords();
  const [text, setText] = useState(filter);
  const [problem, setProblem] = useState<FilterProblem | undefined>(() => problemFrom(error));

  const apply = () => {
    const found = problemIn(text);
    if (found) setProblem(found);
    else onApply(text.trim());
  };

  return (
    <Sheet open onClose={onClose} title={t('customers:filter.text')}>
      <Form onSubmit={apply}>
        <Column gap={16}>
          <TextField
            label={t('customers:filter.text')}
            hint={t('customers:filter.asTextHint', { example: EXAMPLE })}
            value={text}
            onChange={(next) => {
              setText(next);
              setProblem(undefined);
            }}
            error={problem && wordsOf(problem)}
            multiline
            autoFocus
            testID="field-filter-text"
          />
          {problem?.at !== undefined && <FilterMark filter={text} at={problem.at} />}
          <Column gap={4}>
            <Text variant="label">{t('customers:filter.field_list')}</Text>
            <Text variant="caption" tone="muted" selectable>
              {Object.keys(FILTER_FIELDS).join(', ')}
            </Text>
          </Column>
          <FormActions>
            <Button label={t('common:cancel')} kind="secondary" onPress={onClose} />
            <Button label={t('customers:filter.apply')} kind="primary" onPress={apply} testID="action-apply-filter" />
          </FormActions>
        </Column>
      </Form>
    </Sheet>
  );
}
