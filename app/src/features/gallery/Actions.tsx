import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button, Card, Chip, IconButton, Menu, Row, Stepper, Tabs, useToast } from '@/ui';

export function Actions() {
  const { t } = useTranslation();
  const toast = useToast();
  const [tab, setTab] = useState('records');
  const [selected, setSelected] = useState(true);
  return (
    <Card title="Actions">
      <Row wrap>
        <Button kind="primary" icon="plus" label={t('shell:new.customer')} />
        <Button label={t('common:cancel')} />
        <Button kind="text" label={t('common:edit')} />
        <Button kind="danger" icon="delete-outline" label={t('common:delete')} />
        <Button kind="primary" loading label={t('common:save')} />
        <Button disabled reason={t('ui:upgrade.askAdmin')} label={t('common:save')} />
      </Row>
      <Row wrap>
        <Button size="small" kind="primary" label={t('common:save')} />
        <Button size="small" icon="phone" label={t('common:edit')} />
        <IconButton icon="dots-horizontal" label={t('common:more')} />
        <IconButton icon="bell-outline" label={t('shell:bell.label')} badge={12} />
        <IconButton size="small" icon="close" label={t('common:close')} />
        <Menu
          label={t('common:more')}
          trigger={(trigger) => <IconButton {...trigger} icon="dots-vertical" label={t('common:more')} testID="open-menu" />}
          items={[
            { key: 'edit', label: t('common:edit'), icon: 'pencil-outline', onPress: () => {} },
            { key: 'off', label: t('shell:new.import'), icon: 'upload-outline', disabled: true, reason: t('ui:upgrade.askAdmin') },
            { key: 'delete', label: t('common:delete'), icon: 'delete-outline', danger: true, separated: true, onPress: () => {} },
          ]}
        />
      </Row>
      <Row wrap>
        <Chip label="VIP" />
        <Chip label={t('common:role.rep')} tone="primary" />
        <Chip label="云帆科技" icon="tag-outline" onRemove={() => {}} />
        <Chip label={t('common:all')} onPress={() => setSelected(!selected)} selected={selected} />
        <Chip label={t('common:add')} icon="plus" onPress={() => {}} />
        <Chip label="−12" tone="danger" />
        <Chip label="!" tone="warning" />
        <Chip label="✓" tone="success" />
      </Row>
      <Tabs
        label={t('shell:nav.label')}
        value={tab}
        onChange={setTab}
        tabs={[
          { key: 'basic', label: t('shell:nav.home') },
          { key: 'records', label: t('shell:nav.customers'), count: 1204 },
          { key: 'tasks', label: t('shell:nav.tasks'), count: 3 },
        ]}
      />
      <Stepper
        onPress={() => {}}
        steps={[
          { key: 'potential', label: t('common:stage.potential'), state: 'done', enabled: false, reason: t('ui:step.done') },
          { key: 'interested', label: t('common:stage.interested'), state: 'current', enabled: false },
          { key: 'won', label: t('common:stage.won'), state: 'todo', enabled: true },
          { key: 'lost', label: t('common:stage.lost'), state: 'off', enabled: true },
        ]}
      />
      <Row wrap>
        <Button label="Toast" onPress={() => toast.show({ text: t('common:saved'), tone: 'success', action: { label: t('common:undo'), onPress: () => {} } })} testID="show-toast" />
        <Button label="Error" onPress={() => toast.show({ text: t('ui:error.serverShort'), tone: 'danger' })} />
      </Row>
    </Card>
  );
}
