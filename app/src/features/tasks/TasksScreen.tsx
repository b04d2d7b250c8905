import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useMembers } from '@/api/members';
import { useCan, useScope, useSession } from '@/api/session';
import { type Task, useTask, useTaskCounts } from '@/api/tasks';
import { isTaskView, TASK_VIEWS, type TaskView, type Whose } from '@/api/taskFilter';
import { reach } from '@/features/settings/tree';
import { useFormat } from '@/i18n/format';
import { Banner, Screen, ScreenAction, SelectField, Tabs, useShortcut } from '@/ui';

import { TaskList } from './TaskList';
import { TaskSheet } from './TaskSheet';

/** All tasks by when they are due. The address holds the view, whose tasks they are, and the one that is open. */
export function TasksScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const params = useLocalSearchParams<{ id?: string; view?: string; whose?: string }>();
  const view: TaskView = isTaskView(params.view) ? params.view : 'today';
  const whose: Whose = params.whose || 'me';
  const mayCreate = useCan('task:create');
  const [creating, setCreating] = useState(false);
  const [opened, setOpened] = useState<Task>();
  const link = useTask(params.id);
  const counts = useTaskCounts(['today', 'overdue'], whose);
  useShortcut('n', () => setCreating(true));
  useShortcut('t', () => setCreating(true));

  const shown = opened ?? link.data?.record;
  const close = () => {
    setCreating(false);
    setOpened(undefined);
    // Closing what a link opened leads to the list, and Back from there to where the link stood.
    if (params.id) router.replace({ pathname: '/tasks', params: { view, whose } });
  };

  return (
    <Screen
      title={t('tasks:title')}
      documentTitle={t('tasks:documentTitle')}
      scroll={false}
      actions={
        <>
          <WhoseField whose={whose} onChange={(next) => router.setParams({ whose: next })} />
          {mayCreate && <ScreenAction icon="plus" label={t('tasks:new')} onPress={() => setCreating(true)} shortcut="n" testID="action-new-task" />}
        </>
      }
      toolbar={
        <Tabs
          label={t('tasks:tabs.label')}
          tabs={TASK_VIEWS.map((key) => ({ key, label: t(`tasks:tabs.${key}`), count: counts[key], href: hrefOf(key) }))}
          value={view}
        />
      }
    >
      {link.error?.status === 404 && <Banner tone="warning" text={t('tasks:missing')} />}
      <TaskList view={view} whose={whose} onOpen={setOpened} onCreate={mayCreate ? () => setCreating(true) : undefined} />
      <TaskSheet open={creating || !!shown} onClose={close} task={creating ? undefined : shown} />
    </Screen>
  );

  function hrefOf(key: TaskView): string {
    return `/tasks?view=${key}${whose === 'me' ? '' : `&whose=${encodeURIComponent(whose)}`}`;
  }
}

/** Whose tasks are shown; absent for those who see only their own. */
function WhoseField({ whose, onChange }: { whose: Whose; onChange: (whose: Whose) => void }) {
  const { t } = useTranslation();
  const { compareNames } = useFormat();
  const me = useSession().member?.id ?? '';
  const scope = useScope('task:read');
  const { data: members = [] } = useMembers({ enabled: scope !== 'own' });
  const others = reach(members, me, scope).filter(({ id }) => id !== me);
  if (!others.length) return null;
  return (
    <View style={styles.whose}>
      <SelectField
        label={t('tasks:whose.label')}
        hideLabel
        value={whose}
        onChange={(next) => next && onChange(next)}
        options={[
          { value: 'me', label: t('tasks:whose.me') },
          { value: 'all', label: t(scope === 'all' ? 'tasks:whose.all' : 'tasks:whose.team') },
          ...others.sort((a, b) => compareNames(a.name, b.name)).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        searchable={others.length > 8}
        testID="field-whose"
      />
    </View>
  );
}

const styles = StyleSheet.create({ whose: { width: 136 } });
