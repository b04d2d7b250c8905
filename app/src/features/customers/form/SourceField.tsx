import { useTranslation } from 'react-i18next';

import { Chip, Column, Row, TextField } from '@/ui';

interface Props {
  value: string;
  onChange: (source: string) => void;
  error?: string;
}

/** Where a customer came from: any text, with the usual ones to press. Reports count by it, so spelling matters. */
export function SourceField({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const usual = t('customers:form.sources').split('|');
  return (
    <Column gap={8}>
      <TextField
        label={t('customers:fields.source')}
        value={value}
        onChange={onChange}
        placeholder={t('customers:form.sourcePlaceholder')}
        error={error}
        maxLength={64}
        testID="field-source"
      />
      {value === '' && (
        <Row gap={8} wrap>
          {usual.map((source) => (
            <Chip key={source} label={source} onPress={() => onChange(source)} />
          ))}
        </Row>
      )}
    </Column>
  );
}
