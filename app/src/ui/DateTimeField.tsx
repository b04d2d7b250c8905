import { useRef, useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { formatDate, useFormat } from '@/i18n/format';
import { at, dayOf, wallOf } from '@/i18n/zone';
import { themed } from '@/theme/theme';

import { Button } from './Button';
import { Calendar } from './Calendar';
import { Field, useFieldIds, type FieldProps } from './Field';
import { Popover } from './Popover';
import { SelectBox } from './SelectBox';
import { SelectField } from './SelectField';
import { Text } from './Text';

type Props = FieldProps & {
  /** YYYY-MM-DD for a date, RFC 3339 in UTC for a time. */
  value: string | null;
  onChange: (value: string | null) => void;
  mode: 'date' | 'datetime';
  /** Of the company: days and hours are counted there. */
  timeZone: string;
  testID?: string;
  disabled?: boolean;
};

const usualHour = 9;
const hours = Array.from({ length: 24 }, (_, hour) => two(hour));
const minutes = Array.from({ length: 12 }, (_, step) => two(step * 5));

export function DateTimeField(props: Props) {
  const { label, value, onChange, mode, timeZone, error, hint, required, testID, disabled } = props;
  const { t } = useTranslation();
  const { locale } = useFormat();
  const styles = useStyles();
  const ids = useFieldIds(props);
  const anchor = useRef<View>(null);
  const [open, setOpen] = useState(false);
  const timed = mode === 'datetime';
  const today = dayOf(new Date(), timeZone);
  const day = value ? (timed ? dayOf(value, timeZone) : value) : null;
  const wall = value && timed ? wallOf(value, timeZone) : { hour: usualHour, minute: 0 };
  const invitation = t(timed ? 'ui:date.chooseTime' : 'ui:date.choose');
  const shown = value ? formatDate(value, { timeZone, locale, style: timed ? 'dayTime' : 'day' }) : null;

  const close = () => setOpen(false);
  const takeDay = (next: string) => {
    onChange(timed ? at(next, wall.hour, wall.minute, timeZone).toISOString() : next);
    if (!timed) close();
  };
  const takeTime = (hour: number, minute: number) => onChange(at(day ?? today, hour, minute, timeZone).toISOString());
  // A minute between the steps is kept as long as nobody changes it.
  const minuteOptions = minutes.includes(two(wall.minute)) ? minutes : [...minutes, two(wall.minute)].sort();

  return (
    <Field label={label} error={error} hint={hint} required={required} ids={ids}>
      <SelectBox
        ref={anchor}
        label={t('ui:field.holds', { label, value: shown ?? invitation })}
        ids={ids}
        open={open}
        onOpen={() => setOpen(true)}
        popup="dialog"
        icon={timed ? 'calendar-clock-outline' : 'calendar-blank-outline'}
        error={error}
        required={required}
        disabled={disabled}
        testID={testID}
      >
        <Text tabular tone={shown ? 'text' : 'muted'} lines={1}>
          {shown ?? invitation}
        </Text>
      </SelectBox>
      <Popover open={open} onClose={close} label={label} anchor={anchor} width={272} dialog>
        <Calendar key={day} value={day} today={today} onTake={takeDay} />
        {timed ? (
          <View style={styles.time}>
            <View style={styles.part}>
              <SelectField
                hideLabel
                label={t('ui:date.hour')}
                value={two(wall.hour)}
                options={hours.map((hour) => ({ value: hour, label: hour }))}
                onChange={(hour) => takeTime(Number(hour), wall.minute)}
                testID={testID && `${testID}-hour`}
              />
            </View>
            <Text>:</Text>
            <View style={styles.part}>
              <SelectField
                hideLabel
                label={t('ui:date.minute')}
                value={two(wall.minute)}
                options={minuteOptions.map((minute) => ({ value: minute, label: minute }))}
                onChange={(minute) => takeTime(wall.hour, Number(minute))}
                testID={testID && `${testID}-minute`}
              />
            </View>
          </View>
        ) : null}
        <View style={styles.actions}>
          <Button kind="text" size="small" label={t('ui:date.today')} onPress={() => takeDay(today)} />
          {value && !required ? (
            <Button
              kind="text"
              size="small"
              label={t('ui:date.clear')}
              onPress={() => {
                onChange(null);
                close();
              }}
            />
          ) : null}
          {timed ? <Button kind="primary" size="small" label={t('common:done')} onPress={close} testID={testID && `${testID}-done`} /> : null}
        </View>
      </Popover>
    </Field>
  );
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    time: { flexDirection: 'row', alignItems: 'center', gap: space.s, paddingHorizontal: space.m, paddingBottom: space.s },
    part: { flex: 1 },
    actions: { flexDirection: 'row', justifyContent: 'space-between', gap: space.s, padding: space.s, borderTopWidth: 1, borderTopColor: colors.divider },
  }),
);
