import { Linking, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useMemberNames } from '@/api/members';
import { useCan, useSession } from '@/api/session';
import type { Task } from '@/api/tasks';
import { useFormat } from '@/i18n/format';
import { useNow } from '@/i18n/useNow';
import { themed, useTheme } from '@/theme/theme';
import { Avatar, CheckBox, Icon, IconButton, Press, Text, web } from '@/ui';

import { urgencyOf } from './due';
import { useDueLabel } from './dueLabel';
import { PostponeMenu } from './PostponeMenu';
import { useTaskActions } from './useTaskActions';

interface Props {
  task: Task;
  onOpen: (task: Task) => void;
  /** Names the customer and offers to call them; off on the customer's own page. */
  showCustomer?: boolean;
}

/** One task: tick, what to do, when and with whom, and what helps to do it. */
export function TaskRow({ task, onOpen, showCustomer = true }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { setDone } = useTaskActions();
  const mayChange = useCan('task:update');
  const me = useSession().member?.id;
  const nameOf = useMemberNames();
  const customer = showCustomer ? task.customer : undefined;
  const done = task.status === 'done';
  const assignee = task.assignee_id === me ? '' : nameOf(task.assignee_id);

  return (
    <View style={styles.row} testID={`row-${task.id}`}>
      {mayChange && (
        <CheckBox
          label={t(done ? 'tasks:row.reopen' : 'tasks:row.complete', { title: task.title })}
          hideLabel
          checked={done}
          onChange={(checked) => setDone(task, checked)}
          testID={`action-complete-${task.id}`}
        />
      )}
      <Press onPress={() => onOpen(task)} style={styles.main} role="button">
        <Text strong={!done} tone={done ? 'muted' : 'text'} lines={2} style={done ? styles.struck : undefined}>
          {task.title}
        </Text>
        <TaskFacts task={task} customer={customer?.name} />
      </Press>
      {assignee !== '' && (
        <View role="img" aria-label={assignee} {...web({ title: assignee })}>
          <Avatar name={assignee} size={24} />
        </View>
      )}
      {!done && customer?.phone && !customer.do_not_contact && (
        <IconButton
          icon="phone-outline"
          label={t('tasks:row.call', { name: customer.contact_name || customer.name })}
          onPress={() => void Linking.openURL(`tel:${customer.phone}`)}
        />
      )}
      {!done && mayChange && <PostponeMenu task={task} />}
    </View>
  );
}

/** The second line: when, with whom, and whether it presses. */
function TaskFacts({ task, customer }: { task: Task; customer?: string }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const { timeZone, relative } = useFormat();
  const dueLabel = useDueLabel();
  const now = useNow();
  const overdue = urgencyOf(task, now, timeZone) === 'overdue';
  const when = task.completed_at
    ? t('tasks:row.doneAt', { time: relative(task.completed_at) })
    : task.due_at
      ? dueLabel(task.due_at, now)
      : t('tasks:row.noDue');
  return (
    <View style={styles.facts}>
      {task.priority === 'high' && task.status === 'open' && (
        <Icon name="flag-outline" size={16} color={colors.warning} label={t('tasks:row.high')} />
      )}
      {overdue && <Icon name="clock-alert-outline" size={16} color={colors.danger} label={t('tasks:row.overdue')} />}
      <Text variant="caption" tone={overdue ? 'danger' : 'muted'} tabular lines={1} style={styles.when}>
        {when}
      </Text>
      {customer && (
        <Text variant="caption" tone="muted" lines={1} style={styles.customer}>
          {`· ${customer}`}
        </Text>
      )}
    </View>
  );
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: theme.space.xs,
      minHeight: theme.density === 'touch' ? 64 : 52,
      paddingVertical: theme.space.xs,
      borderBottomWidth: 1,
      borderBottomColor: theme.colors.divider,
    },
    main: { flex: 1, minWidth: 0, alignSelf: 'stretch', justifyContent: 'center', paddingHorizontal: theme.space.xs, borderRadius: theme.radius.control },
    facts: { flexDirection: 'row', alignItems: 'center', gap: theme.space.xs },
    when: { flexShrink: 0 },
    customer: { flexShrink: 1, minWidth: 0 },
    struck: { textDecorationLine: 'line-through' },
  }),
);
