import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/errors';
import { themed, useTheme } from '@/theme/theme';

import { Button } from './Button';
import { copyText } from './copy';
import { errorKind, retrySeconds } from './errorKind';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import { Text } from './Text';
import { useToast } from './toast';

/** What happened, what is safe, what to do, and the number to ask for help with. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const toast = useToast();
  const kind = errorKind(error);
  const requestId = error instanceof ApiError ? error.requestId : '';
  const body =
    kind === 'busy' ? t('ui:error.busyBody', { count: retrySeconds(error) }) : t(`ui:error.${kind}Body`);

  const copy = async () => {
    if (await copyText(requestId)) toast.show({ text: t('ui:error.copied') });
  };

  return (
    <View role="alert" style={styles.state}>
      <Icon name={kind === 'offline' ? 'cloud-off-outline' : 'alert-circle-outline'} size={32} color={kind === 'offline' ? colors.warning : colors.danger} />
      <Text variant="section" style={styles.centred}>
        {t(`ui:error.${kind}Title`)}
      </Text>
      <Text tone="muted" style={styles.centred}>
        {body}
      </Text>
      {onRetry && kind !== 'notFound' && kind !== 'forbidden' ? (
        <View style={styles.action}>
          <Button icon="refresh" label={t('common:retry')} onPress={onRetry} testID="action-retry" />
        </View>
      ) : null}
      {requestId ? (
        <View style={styles.request}>
          <Text variant="caption" tone="muted" selectable>
            {t('ui:error.requestId', { id: requestId })}
          </Text>
          <IconButton size="small" icon="content-copy" label={t('ui:error.copyId')} onPress={() => void copy()} />
        </View>
      ) : null}
    </View>
  );
}

const useStyles = themed(({ space }) =>
  StyleSheet.create({
    state: { alignItems: 'center', gap: space.s, paddingVertical: space.xxxl, paddingHorizontal: space.l, alignSelf: 'center', maxWidth: 420 },
    centred: { textAlign: 'center' },
    action: { paddingTop: space.s },
    request: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
  }),
);
