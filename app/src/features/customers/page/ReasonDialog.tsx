import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Stage } from '@/theme/tokens';
import { Chip, Column, Dialog, Form, Row, TextField } from '@/ui';

interface Props {
  stage: Stage;
  busy: boolean;
  onClose: () => void;
  onMove: (reason: string) => void;
}

/** Asks why a customer is moved, which reports count by. */
export function ReasonDialog({ stage, busy, onClose, onMove }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const name = t(`common:stage.${stage}`);
  const usual = t('customers:stage.reasons').split('|');

  const move = () => {
    if (reason.trim() === '') setMissing(true);
    else onMove(reason.trim());
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('customers:stage.reasonTitle', { stage: name })}
      actions={[
        { label: t('common:cancel'), kind: 'secondary', onPress: onClose },
        { label: t('customers:stage.move', { stage: name }), kind: 'primary', onPress: move, loading: busy, testID: 'action-move' },
      ]}
    >
      <Form onSubmit={move} busy={busy}>
        <Column gap={12}>
          <TextField
            label={t('customers:stage.reason')}
            hint={t('customers:stage.reasonHint')}
            value={reason}
            onChange={(text) => {
              setReason(text);
              setMissing(false);
            }}
            error={missing ? t('customers:problem.reasonMissing') : undefined}
            maxLength={500}
            autoFocus
            required
            testID="field-reason"
          />
          <Row gap={8} wrap>
            {usual.map((text) => (
              <Chip key={text} label={text} selected={reason === text} onPress={() => setReason(text)} />
            ))}
          </Row>
        </Column>
      </Form>
    </Dialog>
  );
}
