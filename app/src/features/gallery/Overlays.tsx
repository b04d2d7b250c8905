import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button, Card, Dialog, FormActions, Row, Sheet, Text, TextField } from '@/ui';

export function Overlays() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'sheet' | 'dialog' | null>(null);
  const close = () => setOpen(null);
  return (
    <Card title="Overlays">
      <Row>
        <Button label="Sheet" onPress={() => setOpen('sheet')} testID="open-sheet" />
        <Button label="Dialog" onPress={() => setOpen('dialog')} testID="open-dialog" />
      </Row>
      <Sheet
        open={open === 'sheet'}
        onClose={close}
        title={t('shell:new.customer')}
        footer={
          <FormActions>
            <Button label={t('common:cancel')} onPress={close} />
            <Button kind="primary" label={t('common:save')} onPress={close} />
          </FormActions>
        }
      >
        <TextField label={t('shell:nav.customers')} value="" onChange={() => {}} required />
        <TextField label={t('shell:nav.feedback')} value="" onChange={() => {}} multiline />
      </Sheet>
      <Dialog
        open={open === 'dialog'}
        onClose={close}
        title={t('common:delete')}
        actions={[
          { label: t('common:cancel'), onPress: close },
          { label: t('common:delete'), kind: 'danger', onPress: close },
        ]}
      >
        <Text>{t('ui:error.conflictBody')}</Text>
      </Dialog>
    </Card>
  );
}
