import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { type Home, useRecentCustomers } from '@/api/home';
import { useInvitations } from '@/api/invitations';
import { themed, useTheme } from '@/theme/theme';
import { Card, Icon, Press, Progress, Text } from '@/ui';

import { type SetupStep, stepsOf } from './setup';

/** The first steps of a company, until they are done. */
export function SetupCard({ home, team }: { home: Home; team: NonNullable<Home['team']> }) {
  const { t } = useTranslation();
  const invitations = useInvitations().data;
  const contacted = useRecentCustomers(1).data;
  if (!invitations || !contacted) return null;
  const steps = stepsOf({
    others: team.people.length + invitations.length,
    customers: home.stages.reduce((sum, { count }) => sum + count, 0),
    contacted: contacted.length,
  });
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  return (
    <Card title={t('home:setup.title')} testID="panel-setup">
      <Progress value={done / steps.length} label={t('home:setup.progress', { done, total: steps.length })} />
      <View>
        {steps.map((step) => (
          <StepRow key={step.key} step={step} />
        ))}
      </View>
    </Card>
  );
}

function StepRow({ step }: { step: SetupStep }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  return (
    <Press href={step.href} style={styles.row} testID={`action-setup-${step.key}`}>
      <Icon
        name={step.done ? 'check-circle' : 'circle-outline'}
        color={step.done ? colors.success : colors.muted}
        label={step.done ? t('home:setup.done') : undefined}
      />
      <View style={styles.text}>
        <Text strong={!step.done} tone={step.done ? 'muted' : 'text'}>
          {t(`home:setup.${step.key}`)}
        </Text>
        {!step.done && (
          <Text variant="caption" tone="muted">
            {t(`home:setup.${step.key}Body`)}
          </Text>
        )}
      </View>
      {!step.done && <Icon name="chevron-right" color={colors.muted} />}
    </Press>
  );
}

const useStyles = themed(({ radius, size, space }) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      minHeight: size.row,
      paddingVertical: space.xs,
      marginHorizontal: -space.s,
      paddingHorizontal: space.s,
      borderRadius: radius.control,
    },
    text: { flex: 1, minWidth: 0 },
  }),
);
