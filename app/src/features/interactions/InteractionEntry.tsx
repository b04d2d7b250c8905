import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Linking, StyleSheet, View } from 'react-native';

import { useDeleteInteraction, useUpdateInteraction, type Interaction } from '@/api/interactions';
import { useMemberNames } from '@/api/members';
import { useCan } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { themed, useTheme } from '@/theme/theme';
import { Button, Chip, Icon, IconButton, Menu, Row, Text, useToast } from '@/ui';

import { EditInteractionSheet } from './EditInteractionSheet';
import { KIND_ICONS } from './kinds';
import { deleteLater, takeBack } from './pendingDeletions';

/** One contact in the timeline: who, when and how, what was said, what comes next. */
export function InteractionEntry({ interaction, onPlan }: { interaction: Interaction; onPlan?: (title: string) => void }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const [editing, setEditing] = useState(false);

  return (
    <View style={styles.entry} testID={`row-${interaction.id}`}>
      <View style={styles.sign}>
        <Icon name={KIND_ICONS[interaction.kind]} size={18} color={colors.muted} label={t(`interactions:kinds.${interaction.kind}`)} />
      </View>
      <View style={styles.body}>
        <Row gap={8} justify="space-between">
          <Byline interaction={interaction} />
          <Actions interaction={interaction} onEdit={() => setEditing(true)} />
        </Row>
        <Summary text={interaction.summary} />
        {!interaction.resolved && <Unresolved interaction={interaction} />}
        {interaction.attachments.length > 0 && (
          <Row gap={8} wrap>
            {interaction.attachments.map(({ name, url }) => (
              <Chip key={url} icon="paperclip" label={name} onPress={() => void Linking.openURL(url)} />
            ))}
          </Row>
        )}
        {interaction.next_step !== '' && (
          <Row gap={8} wrap>
            <Text variant="label" tone="muted">
              ↳ {t('interactions:entry.next', { text: interaction.next_step })}
            </Text>
            {interaction.task_id && <Chip icon="check-circle-outline" label={t('interactions:entry.task')} />}
            {!interaction.task_id && onPlan && (
              <Button kind="text" size="small" label={t('interactions:entry.makeTask')} onPress={() => onPlan(interaction.next_step)} />
            )}
          </Row>
        )}
      </View>
      {editing && <EditInteractionSheet interaction={interaction} onClose={() => setEditing(false)} />}
    </View>
  );
}

function Byline({ interaction }: { interaction: Interaction }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const people = [...interaction.contacts, ...interaction.member_ids.map(nameOf)].filter(Boolean);
  const details = [
    t(`interactions:kinds.${interaction.kind}`),
    interaction.direction === 'in' && t('interactions:entry.incoming'),
    interaction.minutes !== null && interaction.minutes > 0 && t('interactions:entry.minutes', { count: interaction.minutes }),
    people.length > 0 && t('interactions:entry.with', { names: people.join(t('ui:list.separator')) }),
  ];
  return (
    <Text variant="label" tone="muted" tabular style={{ flex: 1 }}>
      {format.date(interaction.occurred_at, 'time')}{' '}
      <Text variant="label" strong>
        {nameOf(interaction.author_id)}
      </Text>{' '}
      {details.filter(Boolean).join(' · ')}
    </Text>
  );
}

/** More than three lines are folded. */
function Summary({ text }: { text: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const long = text.length > 180 || text.split('\n').length > 3;
  return (
    <View>
      <Text lines={open || !long ? undefined : 3} selectable>
        {text}
      </Text>
      {long && (
        <Button kind="text" size="small" label={open ? t('interactions:entry.less') : t('interactions:entry.more')} onPress={() => setOpen(!open)} />
      )}
    </View>
  );
}

function Unresolved({ interaction }: { interaction: Interaction }) {
  const { t } = useTranslation();
  const toast = useToast();
  const canUpdate = useCan('interaction:update');
  const update = useUpdateInteraction();
  const set = (resolved: boolean) => update.mutateAsync({ id: interaction.id, patch: { resolved } });
  const resolve = () =>
    set(true).then(
      () =>
        toast.show({
          text: t('interactions:entry.resolvedNow'),
          tone: 'success',
          action: { label: t('common:undo'), onPress: () => void set(false).catch(() => undefined) },
        }),
      () => toast.show({ text: t('customers:error.generic'), tone: 'danger' }),
    );
  return (
    <Row gap={8} wrap>
      <Chip tone="warning" icon="alert-circle-outline" label={t('interactions:entry.unresolved')} />
      {canUpdate && (
        <View>
          <Button kind="text" size="small" label={t('interactions:entry.resolve')} loading={update.isPending} onPress={() => void resolve()} />
        </View>
      )}
    </Row>
  );
}

function Actions({ interaction, onEdit }: { interaction: Interaction; onEdit: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const canUpdate = useCan('interaction:update');
  const canDelete = useCan('interaction:delete');
  const remove = useDeleteInteraction();

  const onDelete = () => {
    deleteLater(interaction.id, () => remove.mutate(interaction.id));
    toast.show({ text: t('interactions:log.deleted'), action: { label: t('common:undo'), onPress: () => takeBack(interaction.id) } });
  };
  const items = [
    ...(canUpdate ? [{ key: 'edit', label: t('common:edit'), icon: 'pencil-outline' as const, onPress: onEdit }] : []),
    ...(canDelete ? [{ key: 'delete', label: t('common:delete'), icon: 'delete-outline' as const, danger: true, onPress: onDelete }] : []),
  ];
  if (items.length === 0) return null;
  return (
    <Menu
      label={t('interactions:entry.actions')}
      trigger={(props) => <IconButton {...props} icon="dots-horizontal" size="small" label={t('interactions:entry.actions')} />}
      items={items}
    />
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    entry: { flexDirection: 'row', gap: space.m, paddingVertical: space.s },
    sign: {
      width: 32,
      height: 32,
      alignItems: 'center',
      justifyContent: 'center',
      borderRadius: radius.round,
      backgroundColor: colors.neutralSoft,
    },
    body: { flex: 1, minWidth: 0, gap: space.xs },
  }),
);
