import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useMembers } from '@/api/members';
import { useSession } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { CheckBox, Chip, Column, DateTimeField, MultiSelectField, Row, Text, TextField } from '@/ui';

import type { Direction, LogFields } from './logDraft';

const DIRECTIONS: Direction[] = ['out', 'in'];

/** What is seldom said of a contact: who began, when, how long, who took part, whether it is settled. */
export function LogDetails({ form, withMembers = true }: { form: LogFields; withMembers?: boolean }) {
  const { t } = useTranslation();
  const { timeZone } = useCompanySettings();
  const { compareNames } = useFormat();
  const { member } = useSession();
  const { data: members = [] } = useMembers();
  const { value, change, errors } = form;
  const colleagues = members
    .filter(({ id, status }) => status === 'active' && id !== member?.id)
    .sort((a, b) => compareNames(a.name, b.name));

  return (
    <Column gap={16}>
      {value.kind !== 'note' && (
        <Column gap={4}>
          <Text variant="label">{t('interactions:log.direction')}</Text>
          <Row gap={8}>
            {DIRECTIONS.map((direction) => (
              <Chip
                key={direction}
                label={t(`interactions:directions.${direction}`)}
                selected={value.direction === direction}
                onPress={() => change({ direction })}
                testID={`field-direction-${direction}`}
              />
            ))}
          </Row>
        </Column>
      )}
      <DateTimeField
        label={t('interactions:log.when')}
        hint={value.occurredAt === null ? t('interactions:log.now') : undefined}
        mode="datetime"
        timeZone={timeZone}
        value={value.occurredAt}
        onChange={(occurredAt) => change({ occurredAt })}
        error={errors.occurredAt}
        testID="field-occurred_at"
      />
      <TextField
        label={t('interactions:log.minutes')}
        keyboard="number"
        value={value.minutes}
        onChange={(minutes) => change({ minutes })}
        error={errors.minutes}
        testID="field-minutes"
      />
      <MultiSelectField<string>
        label={t('interactions:log.contacts')}
        hint={t('interactions:log.contactsHint')}
        value={value.contacts}
        onChange={(contacts) => change({ contacts })}
        options={value.contacts.map((name) => ({ value: name, label: name }))}
        allowNew={(name) => change({ contacts: [...value.contacts, name] })}
        testID="field-contacts"
      />
      {withMembers && colleagues.length > 0 && (
        <MultiSelectField<string>
          label={t('interactions:log.members')}
          value={value.memberIds}
          onChange={(memberIds) => change({ memberIds })}
          options={colleagues.map(({ id, name }) => ({ value: id, label: name }))}
          testID="field-member_ids"
        />
      )}
      <CheckBox label={t('interactions:log.resolved')} checked={value.resolved} onChange={(resolved) => change({ resolved })} testID="field-resolved" />
    </Column>
  );
}
