import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import { useBulkCustomers, type BulkAction } from '@/api/customerBulk';
import { useCan } from '@/api/session';
import { themed } from '@/theme/theme';
import { Button, Dialog, IconButton, Row, Text, useToast } from '@/ui';

import { useProblemText } from '../useProblemText';
import { BulkAssign } from './BulkAssign';
import { BulkTags } from './BulkTags';
import type { CustomerSelection } from './useSelection';

interface Props {
  selection: CustomerSelection;
  /** How many the list holds, as far as the server counts. */
  total: number;
  capped: boolean;
}

type Open = 'tag' | 'untag' | 'assign' | 'delete' | null;

/** Stands in the place of the toolbar while customers are ticked. Each deed names how many it concerns. */
export function BulkBar({ selection, total, capped }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const toast = useToast();
  const problemText = useProblemText();
  const canUpdate = useCan('customer:update');
  const canDelete = useCan('customer:delete');
  const [open, setOpen] = useState<Open>(null);
  const [progress, setProgress] = useState('');
  const bulk = useBulkCustomers((done, all) => setProgress(t('customers:bulk.working', { done, total: all })));

  const count = selection.all ? total : selection.selected.size;

  const run = (change: BulkAction, told: (count: number) => string) =>
    bulk.mutate(
      { selection: selection.selection, change },
      {
        onSuccess: ({ done, failed }) => {
          toast.show(
            failed > 0
              ? { text: t('customers:bulk.partly', { done, failed }), tone: 'danger' }
              : { text: told(done), tone: 'success' },
          );
          selection.clear();
        },
        onError: (error) => toast.show({ text: problemText.ofError(error), tone: 'danger' }),
        onSettled: () => {
          setOpen(null);
          setProgress('');
        },
      },
    );

  return (
    <View style={styles.bar} testID="panel-bulk">
      <IconButton icon="close" label={t('customers:select.clear')} onPress={selection.clear} testID="action-clear-selection" />
      <Text strong tabular>
        {progress || (selection.all && capped ? t('customers:select.countCapped', { count }) : t('customers:select.count', { count }))}
      </Text>
      {!selection.all && selection.selected.size < total && (
        <View>
          <Button
            label={capped ? t('customers:select.allCapped', { count: total }) : t('customers:select.all', { count: total })}
            kind="text"
            size="small"
            onPress={selection.selectAll}
            testID="action-select-all"
          />
        </View>
      )}
      <Row gap={8} wrap style={styles.actions}>
        {canUpdate && <Button size="small" icon="tag-plus-outline" label={t('customers:bulk.tag')} onPress={() => setOpen('tag')} testID="action-bulk-tag" />}
        {canUpdate && <Button size="small" icon="tag-outline" label={t('customers:bulk.untag')} onPress={() => setOpen('untag')} testID="action-bulk-untag" />}
        {canUpdate && (
          <Button size="small" icon="account-arrow-right-outline" label={t('customers:bulk.assign')} onPress={() => setOpen('assign')} testID="action-bulk-assign" />
        )}
        {canDelete && <Button size="small" icon="delete-outline" label={t('customers:bulk.delete')} onPress={() => setOpen('delete')} testID="action-bulk-delete" />}
      </Row>
      {(open === 'tag' || open === 'untag') && (
        <BulkTags action={open} count={count} busy={bulk.isPending} onClose={() => setOpen(null)} onApply={run} />
      )}
      {open === 'assign' && <BulkAssign count={count} busy={bulk.isPending} onClose={() => setOpen(null)} onApply={run} />}
      <Dialog
        open={open === 'delete'}
        onClose={() => setOpen(null)}
        title={t('customers:bulk.deleteTitle', { count })}
        actions={[
          { label: t('common:cancel'), kind: 'secondary', onPress: () => setOpen(null) },
          {
            label: t('customers:bulk.deleteTitle', { count }),
            kind: 'danger',
            loading: bulk.isPending,
            onPress: () => run({ action: 'delete' }, (done) => t('customers:bulk.deleted', { count: done })),
          },
        ]}
      >
        <Text>{t('customers:bulk.deleteBody')}</Text>
      </Dialog>
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    bar: {
      flexDirection: 'row',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: space.s,
      minHeight: size.control,
      paddingHorizontal: space.s,
      borderRadius: radius.control,
      backgroundColor: colors.selected,
    },
    actions: { marginLeft: 'auto' },
  }),
);
