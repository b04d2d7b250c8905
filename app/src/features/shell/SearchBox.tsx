import { useRouter, type Href } from 'expo-router';
import { useRef, useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useTheme } from '@/theme/theme';
import { Icon, Keys, modKey, Press, TextField, useShortcut, web } from '@/ui';

import { useOpenPanel } from './panels';

/** Searches the customers from any screen. */
export function SearchBox() {
  const { t } = useTranslation();
  const router = useRouter();
  const box = useRef<View>(null);
  const [text, setText] = useState('');
  const withKeys = useTheme().density !== 'touch';

  useShortcut('/', () => (box.current as unknown as HTMLElement | null)?.querySelector('input')?.focus(), { fallback: true });

  const search = () => {
    const q = text.trim();
    router.push((q ? `/customers?q=${encodeURIComponent(q)}` : '/customers') as Href);
    setText('');
  };
  return (
    <View ref={box} {...web({ role: 'search' })} style={styles.box}>
      <TextField
        hideLabel
        label={t('shell:search.label')}
        placeholder={t('shell:search.placeholder')}
        value={text}
        onChange={setText}
        onSubmit={search}
        prefix={<Icon name="magnify" size={18} />}
        suffix={withKeys ? <PaletteHint /> : undefined}
        testID="field-global-search"
      />
    </View>
  );
}

/** Tells of the palette those who have a keyboard, and opens it for those who press. */
function PaletteHint() {
  const { t } = useTranslation();
  const openPanel = useOpenPanel();
  const keys = `${modKey}+K`;
  return (
    <Press role="button" aria-label={`${t('shell:palette.title')} ${keys}`} onPress={() => openPanel('palette')} testID="action-palette" style={styles.hint}>
      <Keys keys={keys} />
    </Press>
  );
}

const styles = StyleSheet.create({
  box: { flex: 1, maxWidth: 400, minWidth: 120 },
  hint: { borderRadius: 4 },
});
