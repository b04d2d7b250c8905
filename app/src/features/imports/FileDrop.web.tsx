import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useTheme } from '@/theme/theme';
import { Button, Icon, Text } from '@/ui';

interface Props {
  onFile: (file: File) => void;
  busy: boolean;
  busyName?: string;
  error?: string;
}

const KINDS = '.csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Takes a file that is dropped or chosen. */
export function FileDrop({ onFile, busy, busyName, error }: Props) {
  const { t } = useTranslation();
  const { colors, radius, space } = useTheme();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !busy) onFile(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };

  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      data-testid="panel-drop"
      style={{
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        gap: space.s,
        padding: space.xl,
        textAlign: 'center',
        border: `1px dashed ${error ? colors.danger : over ? colors.primary : colors.outline}`,
        borderRadius: radius.card,
        background: over ? colors.selected : colors.surface,
      }}
    >
      <Icon name="file-upload-outline" size={28} color={colors.muted} />
      <Text strong>{over ? t('imports:list.dropNow') : busy ? t('imports:list.uploading', { name: busyName }) : t('imports:list.drop')}</Text>
      <Text variant="caption" tone="muted">
        {t('imports:list.dropHint')}
      </Text>
      {error && (
        <Text tone="danger" role="alert">
          {error}
        </Text>
      )}
      <input
        ref={input}
        type="file"
        accept={KINDS}
        hidden
        data-testid="field-file"
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen again after it was mended.
          event.target.value = '';
        }}
      />
      <div style={{ display: 'flex', justifyContent: 'center' }}>
        <Button kind="primary" icon="upload-outline" label={t('imports:list.new')} loading={busy} onPress={() => input.current?.click()} testID="action-choose-file" />
      </div>
    </div>
  );
}
