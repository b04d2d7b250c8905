import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, TextInput, View } from 'react-native';

import { themed, useTheme } from '@/theme/theme';
import { webFont } from '@/theme/tokens';
import { Icon, IconButton, useShortcut } from '@/ui';
import { web } from '@/ui/web';

interface Props {
  value: string;
  onSearch: (q: string) => void;
  /** Takes the focus when / is pressed. */
  shortcut?: boolean;
  autoFocus?: boolean;
}

const PAUSE_MS = 250;

/** Searches while somebody types, after a pause, and not while an input method still composes. */
export function SearchField({ value, onSearch, shortcut = true, autoFocus }: Props) {
  const { t } = useTranslation();
  const theme = useTheme();
  const styles = useStyles();
  const input = useRef<TextInput>(null);
  const composing = useComposing(input);
  const [text, setText] = useState(value);
  const sent = useRef(value);

  // Cleared or followed a link from elsewhere.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);

  useEffect(() => {
    if (composing || text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onSearch(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [composing, text, onSearch]);

  useShortcut('/', () => input.current?.focus(), { enabled: shortcut });

  return (
    <View style={[styles.box, { height: theme.size.control }]} {...web({ dataSet: { ring: 'within' } })}>
      <Icon name="magnify" size={18} color={theme.colors.muted} />
      <TextInput
        ref={input}
        value={text}
        onChangeText={setText}
        placeholder={t('customers:list.searchHint')}
        placeholderTextColor={theme.colors.muted}
        aria-label={t('customers:list.search')}
        autoFocus={autoFocus}
        autoCorrect={false}
        autoCapitalize="none"
        returnKeyType="search"
        maxLength={200}
        testID="field-search"
        {...web({ role: 'searchbox', dataSet: { ring: 'none' } })}
        style={[styles.input, theme.type.body]}
      />
      {text !== '' && <IconButton icon="close" label={t('customers:list.clearSearch')} size="small" onPress={() => setText('')} testID="action-clear-search" />}
    </View>
  );
}

/** Whether an input method is composing in the field; only browsers tell. */
function useComposing(input: React.RefObject<TextInput | null>): boolean {
  const [composing, setComposing] = useState(false);
  useEffect(() => {
    const node = input.current as unknown as Partial<HTMLElement> | null;
    if (!node?.addEventListener) return;
    const start = () => setComposing(true);
    const end = () => setComposing(false);
    node.addEventListener('compositionstart', start);
    node.addEventListener('compositionend', end);
    return () => {
      node.removeEventListener?.('compositionstart', start);
      node.removeEventListener?.('compositionend', end);
    };
  }, [input]);
  return composing;
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    box: {
      flex: 1,
      minWidth: 120,
      maxWidth: 420,
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      paddingLeft: space.m,
      paddingRight: space.xs,
      borderRadius: radius.control,
      borderWidth: 1,
      borderColor: colors.outline,
      backgroundColor: colors.surface,
    },
    input: { flex: 1, minWidth: 0, height: '100%', color: colors.text, fontFamily: webFont },
  }),
);
