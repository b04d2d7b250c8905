import { FlatList, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Task } from '@/api/tasks';
import { useTasks } from '@/api/tasks';
import type { TaskView, Whose } from '@/api/taskFilter';
import { themed } from '@/theme/theme';
import { EmptyState, ErrorState, Skeleton } from '@/ui';

import { TaskRow } from './TaskRow';

interface Props {
  view: TaskView;
  whose: Whose;
  onOpen: (task: Task) => void;
  /** Absent for those who may not create. */
  onCreate?: () => void;
}

/** The tasks of a view, with more of them as one scrolls. */
export function TaskList({ view, whose, onOpen, onCreate }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const tasks = useTasks(view, whose);
  const rows = tasks.data?.pages.flatMap((page) => page.data);

  if (tasks.error && !rows) return <ErrorState error={tasks.error} onRetry={() => void tasks.refetch()} />;
  if (!rows) return <Skeleton lines={8} />;
  return (
    <View style={styles.card}>
      <FlatList
        data={rows}
        keyExtractor={(task) => task.id}
        renderItem={({ item }) => <TaskRow task={item} onOpen={onOpen} />}
        onEndReached={() => {
          if (tasks.hasNextPage && !tasks.isFetchingNextPage) void tasks.fetchNextPage();
        }}
        ListEmptyComponent={
          <EmptyState
            icon={view === 'overdue' ? 'check-circle-outline' : 'calendar-clock-outline'}
            title={t(`tasks:empty.${view}`)}
            body={t(`tasks:empty.${view}Body`)}
            action={onCreate && view !== 'done' ? { label: t('tasks:new'), onPress: onCreate } : undefined}
          />
        }
        ListFooterComponent={tasks.isFetchingNextPage ? <Skeleton lines={3} /> : null}
      />
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    card: {
      flexShrink: 1,
      minHeight: 0,
      backgroundColor: colors.surface,
      borderWidth: 1,
      borderColor: colors.divider,
      borderRadius: radius.card,
      overflow: 'hidden',
      paddingHorizontal: space.s,
      marginTop: space.m,
    },
  }),
);
