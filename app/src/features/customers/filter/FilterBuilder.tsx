import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { Button, Column, Form, FormActions, SelectField, Sheet } from '@/ui';

import { editableAmount } from '../money';
import { ConditionValue } from './ConditionValue';
import { beginWith, finish, shape, withOperator, type ConditionProblem, type EditedCondition } from './editing';
import { FILTER_FIELDS, operatorsOf, type Condition, type FilterField, type Operator } from './fields';

interface Props {
  /** The sentence to change; a new one without it. */
  clause?: Condition;
  onApply: (condition: Condition) => void;
  onText: () => void;
  onClose: () => void;
}

const FIELDS = Object.keys(FILTER_FIELDS) as FilterField[];

/** Makes one sentence: field, operator, value. */
export function FilterBuilder({ clause, onApply, onText, onClose }: Props) {
  const { t } = useTranslation();
  const { currency } = useCompanySettings();
  const [edited, setEdited] = useState<EditedCondition>(() => (clause ? editable(clause, currency) : beginWith('lifecycle')));
  const [problem, setProblem] = useState<ConditionProblem>();

  const edit = (next: EditedCondition) => {
    setEdited(next);
    setProblem(undefined);
  };
  const apply = () => {
    const finished = finish(edited, currency);
    if (typeof finished === 'string') setProblem(finished);
    else onApply(finished);
  };

  return (
    <Sheet open onClose={onClose} title={t(clause ? 'customers:filter.editTitle' : 'customers:filter.title')}>
      <Form onSubmit={apply}>
        <Column gap={16}>
          <SelectField<FilterField>
            label={t('customers:filter.field')}
            value={edited.field}
            onChange={(field) => field && edit(beginWith(field))}
            options={FIELDS.map((value) => ({ value, label: t(`customers:filter.fields.${value}`) }))}
            searchable
            testID="field-filter-field"
          />
          <SelectField<Operator>
            label={t('customers:filter.operator')}
            value={edited.operator}
            onChange={(operator) => operator && edit(withOperator(edited, operator))}
            options={operatorsOf(edited.field).map((value) => ({ value, label: t(`customers:filter.operators.${value}`) }))}
            testID="field-filter-operator"
          />
          {shape(edited.field, edited.operator) !== 'none' && (
            <ConditionValue
              edited={edited}
              onChange={(values) => edit({ ...edited, values })}
              error={problem && t(`customers:filter.errors.${problem}`)}
            />
          )}
          <FormActions>
            <Button label={t('customers:filter.asText')} kind="text" onPress={onText} testID="action-filter-text" />
            <Button label={t('customers:filter.apply')} kind="primary" onPress={apply} testID="action-apply-filter" />
          </FormActions>
        </Column>
      </Form>
    </Sheet>
  );
}

const editable = (condition: Condition, currency: string): EditedCondition =>
  shape(condition.field, condition.operator) === 'amount'
    ? { ...condition, values: condition.values.map((minor) => editableAmount(Number(minor), currency)) }
    : condition;
