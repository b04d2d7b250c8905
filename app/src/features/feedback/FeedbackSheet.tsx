import Constants from 'expo-constants';
import { usePathname } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type NewFeedback, useSendFeedback } from '@/api/feedback';
import { useDraft } from '@/drafts/useDraft';
import { currentLanguage } from '@/i18n';
import { Button, Form, FormActions, Row, Chip, Sheet, Text, TextField, useErrorText, useToast } from '@/ui';

const KINDS = ['problem', 'idea', 'praise'] as const satisfies NewFeedback['kind'][];
const LONGEST = 5000;
const EMPTY = { kind: 'problem' as NewFeedback['kind'], text: '' };

/** Where somebody tells us what they think; the screen that they were on goes along. */
export function FeedbackSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Sheet open={open} onClose={onClose} title={t('feedback:title')}>
      <FeedbackForm onClose={onClose} />
    </Sheet>
  );
}

function FeedbackForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const route = usePathname();
  const version = Constants.expoConfig?.version ?? '';
  const draft = useDraft('feedback', EMPTY);
  const { kind, text } = draft.value;
  const [tried, setTried] = useState(false);
  const send = useSendFeedback();
  const length = [...text.trim()].length;
  const problem = length === 0 ? t('feedback:required') : length > LONGEST ? t('feedback:tooLong', { count: LONGEST }) : undefined;

  const submit = () => {
    setTried(true);
    if (problem) return;
    send.mutate(
      { kind, text: text.trim(), route, app_version: version, locale: currentLanguage() },
      {
        onSuccess: () => {
          draft.clear();
          toast.show({ text: t('feedback:sent'), tone: 'success' });
          onClose();
        },
      },
    );
  };
  return (
    <Form onSubmit={submit} errors={send.error ? [errorText(send.error)] : []} busy={send.isPending}>
      <Row gap="s" wrap>
        {KINDS.map((each) => (
          <Chip key={each} label={t(`feedback:kinds.${each}`)} selected={kind === each} onPress={() => draft.change({ kind: each })} />
        ))}
      </Row>
      <TextField
        label={t('feedback:text')}
        hint={t(`feedback:placeholder.${kind}`)}
        value={text}
        onChange={(next) => draft.change({ text: next })}
        error={tried ? problem : undefined}
        multiline
        rows={6}
        autoFocus
        required
        testID="field-text"
      />
      <Text variant="caption" tone="muted">
        {send.isPaused ? t('feedback:offline') : t('feedback:attached', { route, version })}
      </Text>
      <FormActions>
        <Button kind="text" label={t('feedback:cancel')} onPress={onClose} />
        <Button kind="primary" icon="send-outline" label={t('feedback:send')} loading={send.isPending} onPress={submit} testID="action-send-feedback" />
      </FormActions>
    </Form>
  );
}
