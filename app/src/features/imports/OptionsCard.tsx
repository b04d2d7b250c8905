import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import type { Import, ImportOptions } from '@/api/imports';
import { useTags } from '@/api/tags';
import { useOwnerOptions } from '@/features/customers/useOwnerOptions';
import { Card, CheckBox, Column, MultiSelectField, SelectField } from '@/ui';

import { useImportFields } from './useImportFields';

const MODES = ['create', 'upsert', 'update'] as const;
/** By what customers are found; other records have keys of their own. */
const KEYS = ['phone', 'email', 'name'] as const;
const ON_ERROR = ['keep_good', 'all_or_nothing'] as const;
const DATE_ORDERS = ['dmy', 'mdy', 'ymd', 'serial', 'serial1904'] as const;
const CURRENCIES = ['CNY', 'USD', 'EUR', 'HKD', 'TWD', 'JPY', 'GBP', 'SGD'];

type DateOrder = (typeof DATE_ORDERS)[number] | 'none';

/** How rows become customers. */
export function OptionsCard({ data, onChange }: { data: Import; onChange: (options: ImportOptions) => void }) {
  const { t } = useTranslation();
  const { currency } = useCompanySettings();
  const owners = useOwnerOptions('customer:create');
  const fields = useImportFields();
  const { data: known = [] } = useTags();
  const { options, mapping } = data;
  const fills = (field: string) => mapping.some((entry) => entry.field === field);
  const set = (part: Partial<ImportOptions>) => onChange({ ...options, ...part });
  const tags = options.tags ?? [];
  const mode = options.mode ?? 'create';

  return (
    <Card title={t('imports:options.title')}>
      <Column gap={16} style={{ maxWidth: 480 }}>
        <SelectField<(typeof MODES)[number]>
          label={t('imports:options.mode')}
          value={mode}
          onChange={(next) => set({ mode: next })}
          options={MODES.map((value) => ({ value, label: t(`imports:options.modes.${value}`) }))}
          testID="field-mode"
        />
        {mode !== 'create' && (
          <SelectField<string>
            label={t('imports:options.key')}
            value={(options.key ?? 'phone') as (typeof KEYS)[number]}
            onChange={(key) => set({ key })}
            options={[...KEYS.map((value) => ({ value, label: t(`imports:options.keys.${value}`) })), ...fields.filter(({ unique }) => unique)]}
            testID="field-key"
          />
        )}
        <SelectField<(typeof ON_ERROR)[number]>
          label={t('imports:options.onError')}
          value={options.on_error ?? 'keep_good'}
          onChange={(on_error) => set({ on_error })}
          options={ON_ERROR.map((value) => ({ value, label: t(`imports:options.onErrors.${value}`) }))}
          testID="field-on_error"
        />
        {fields.some(({ value, dated }) => dated && fills(value)) && (
          <SelectField<DateOrder>
            label={t('imports:options.dateOrder')}
            value={options.date_order ?? 'none'}
            onChange={(order) => set({ date_order: order === 'none' ? undefined : order })}
            options={(['none', ...DATE_ORDERS] as const).map((value) => ({ value, label: t(`imports:options.dateOrders.${value}`) }))}
            testID="field-date_order"
          />
        )}
        {fills('revenue') && (
          <SelectField<string>
            label={t('imports:options.currency')}
            value={options.currency ?? null}
            onChange={(code) => set({ currency: code ?? undefined })}
            options={[...new Set([currency, options.currency ?? currency, ...CURRENCIES])].map((value) => ({ value, label: value }))}
            placeholder={mode === 'create' ? currency : t('imports:options.currencyOwn')}
            clearable
            testID="field-currency"
          />
        )}
        {owners.length > 1 && (
          <SelectField<string>
            label={t('imports:options.owner')}
            value={options.owner_id ?? null}
            onChange={(owner) => set({ owner_id: owner ?? undefined })}
            options={owners}
            placeholder={t('imports:options.ownerMe')}
            searchable
            clearable
            testID="field-owner_id"
          />
        )}
        <MultiSelectField<string>
          label={t('imports:options.tags')}
          value={tags}
          onChange={(next) => set({ tags: next })}
          options={known.map(({ name }) => ({ value: name, label: name }))}
          allowNew={(name) => set({ tags: [...tags, name] })}
          testID="field-tags"
        />
        <CheckBox
          label={`${t('imports:options.runRules')}${t('imports:options.aside', { hint: t('imports:options.runRulesHint') })}`}
          checked={options.run_rules ?? false}
          onChange={(run_rules) => set({ run_rules })}
          testID="field-run_rules"
        />
      </Column>
    </Card>
  );
}
