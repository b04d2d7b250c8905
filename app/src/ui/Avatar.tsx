import { StyleSheet, View } from 'react-native';

import { useTheme } from '@/theme/theme';

import { Text } from './Text';

/** The initials of somebody, on a colour that stays theirs. Decoration: the name stands beside it or in a label. */
export function Avatar({ name, size = 32 }: { name: string; size?: number }) {
  const { stages } = useTheme();
  const palette = [stages.potential, stages.interested, stages.won, stages.lost];
  const { text, background } = palette[hash(name) % palette.length] ?? stages.potential;
  return (
    <View aria-hidden style={[styles.circle, { width: size, height: size, borderRadius: size / 2, backgroundColor: background }]}>
      <Text lines={1} style={{ color: text, fontSize: Math.max(12, Math.round(size * 0.38)), lineHeight: size, fontWeight: '600' }}>
        {initials(name)}
      </Text>
    </View>
  );
}

/** Chinese names go by their last character or two, others by two first letters. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/\p{Script=Han}/u.test(trimmed)) return [...trimmed].slice(trimmed.length > 2 ? -2 : -1).join('');
  const words = trimmed.split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

function hash(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

const styles = StyleSheet.create({
  circle: { alignItems: 'center', justifyContent: 'center', overflow: 'hidden', flexShrink: 0 },
});
