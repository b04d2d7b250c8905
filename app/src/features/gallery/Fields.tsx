import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { Button, Card, CheckBox, DateTimeField, Form, FormActions, Icon, MultiSelectField, SelectField, Switch, TextField } from '@/ui';

const stages = ['potential', 'interested', 'won', 'lost'] as const;

export function Fields() {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const [text, setText] = useState('云帆科技');
  const [secret, setSecret] = useState('correct horse');
  const [stage, setStage] = useState<(typeof stages)[number] | null>('interested');
  const [tags, setTags] = useState<string[]>(['VIP', '渠道']);
  const [day, setDay] = useState<string | null>('2026-10-24');
  const [time, setTime] = useState<string | null>('2026-10-24T07:00:00Z');
  const [checked, setChecked] = useState(true);
  return (
    <Card title="Fields">
      <Form onSubmit={() => {}} errors={[t('ui:error.conflictShort'), t('ui:error.offlineShort')]}>
        <TextField label={t('shell:nav.customers')} value={text} onChange={setText} required hint={t('shell:search.placeholder')} testID="field-name" />
        <TextField label={t('shell:nav.tasks')} value="13800" onChange={() => {}} error={t('ui:error.conflictShort')} keyboard="phone" />
        <TextField label={t('shell:account.sessions')} value={secret} onChange={setSecret} secure />
        <TextField label={t('shell:search.label')} value="" onChange={() => {}} placeholder={t('shell:search.placeholder')} prefix={<Icon name="magnify" size={18} />} />
        <TextField label={t('shell:nav.feedback')} value="" onChange={() => {}} multiline />
        <TextField label={t('shell:account.profile')} value="chen@acme.example" onChange={() => {}} disabled />
        <SelectField label={t('shell:nav.home')} value={stage} onChange={setStage} clearable options={stages.map((value) => ({ value, label: t(`common:stage.${value}`) }))} testID="field-stage" />
        <MultiSelectField
          label={t('shell:nav.settings')}
          value={tags}
          onChange={setTags}
          options={['VIP', '渠道', 'SaaS', ...tags].filter((tag, index, all) => all.indexOf(tag) === index).map((value) => ({ value, label: value }))}
          allowNew={(tag) => setTags([...tags, tag])}
          testID="field-tags"
        />
        <DateTimeField label={t('ui:date.choose')} value={day} onChange={setDay} mode="date" timeZone={timeZone} testID="field-day" />
        <DateTimeField label={t('ui:date.chooseTime')} value={time} onChange={setTime} mode="datetime" timeZone={timeZone} testID="field-time" />
        <CheckBox label={t('ui:table.selectAll')} checked={checked} onChange={setChecked} />
        <CheckBox label={t('ui:table.columns')} checked="mixed" onChange={setChecked} />
        <Switch label={t('shell:keys.letters')} hint={t('shell:keys.lettersHint')} value={checked} onChange={setChecked} />
        <FormActions>
          <Button label={t('common:cancel')} />
          <Button kind="primary" label={t('common:save')} />
        </FormActions>
      </Form>
    </Card>
  );
}
