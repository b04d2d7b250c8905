import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';
import type { Stage } from '@/theme/tokens';

import { Icon, type IconName } from './Icon';
import { Press } from './Press';
import { stageIcons } from './stages';
import { Text } from './Text';
import { web } from './web';

export type Tone = 'neutral' | 'primary' | 'danger' | 'warning' | 'success';

type Props = {
  label: string;
  icon?: IconName;
  tone?: Tone;
  /** Takes the colours of a stage of the lifecycle. */
  stage?: Stage;
  onPress?: () => void;
  href?: string;
  /** For a chip that is switched: whether it is on. */
  selected?: boolean;
  onRemove?: () => void;
  /** For a chip that opens something. */
  expanded?: boolean;
  testID?: string;
};

export function Chip({ label, icon, tone = 'neutral', stage, onPress, href, selected, onRemove, expanded, testID }: Props) {
  const { t } = useTranslation();
  const { colors, stages } = useTheme();
  const styles = useStyles();
  const palette = {
    neutral: { text: colors.onNeutralSoft, background: colors.neutralSoft },
    primary: { text: colors.primary, background: colors.selected },
    danger: { text: stages.lost.text, background: colors.dangerSoft },
    warning: { text: stages.interested.text, background: colors.warningSoft },
    success: { text: stages.won.text, background: colors.successSoft },
  };
  const pressable = Boolean(onPress ?? href);
  const { text, background } = stage ? stages[stage] : palette[selected ? 'primary' : tone];
  const outlined = pressable && !stage && !selected && tone === 'neutral';
  const color = outlined ? colors.text : selected ? colors.text : text;
  const shape = [styles.chip, pressable && styles.pressable, outlined ? styles.outlined : { backgroundColor: background }, selected && styles.selected];

  const content = (
    <>
      {icon ? <Icon name={icon} size={16} color={color} /> : null}
      <Text variant="label" lines={1} style={{ color, flexShrink: 1 }}>
        {label}
      </Text>
    </>
  );
  const body = pressable ? (
    <Press
      role={href ? undefined : 'button'}
      onPress={onPress}
      href={href}
      aria-expanded={expanded}
      testID={testID}
      {...web({ 'aria-pressed': href || expanded !== undefined ? undefined : (selected ?? undefined) })}
      style={[shape, onRemove && styles.withRemove]}
    >
      {content}
    </Press>
  ) : (
    <View style={[shape, onRemove && styles.withRemove]} testID={testID}>
      {content}
    </View>
  );
  return (
    <View style={styles.row} pointerEvents="box-none">
      {body}
      {onRemove ? (
        <Press
          role="button"
          aria-label={t('ui:chip.remove', { label })}
          onPress={onRemove}
          hitSlop={8}
          testID={testID ? `${testID}-remove` : undefined}
          style={[shape, styles.remove]}
        >
          <Icon name="close" size={14} color={color} />
        </Press>
      ) : null}
    </View>
  );
}

/** Colour never stands alone: each stage has a sign and its word. */
export function StageChip({ stage, label }: { stage: Stage; label?: string }) {
  const { t } = useTranslation();
  return <Chip stage={stage} icon={stageIcons[stage]} label={label ?? t(`common:stage.${stage}`)} />;
}

const useStyles = themed(({ colors, density, radius, space }) =>
  StyleSheet.create({
    chip: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.xs,
      minHeight: 24,
      flexShrink: 1,
      paddingHorizontal: space.s,
      borderRadius: radius.round,
      borderWidth: 1,
      borderColor: 'transparent',
    },
    pressable: { minHeight: density === 'touch' ? 40 : 30, paddingHorizontal: space.m },
    outlined: { backgroundColor: colors.surface, borderColor: colors.outline },
    selected: { backgroundColor: colors.selected, borderColor: colors.primary },
    // Keeps the chip as wide as its words, wherever it stands.
    row: { flexDirection: 'row', alignItems: 'stretch', maxWidth: '100%' },
    withRemove: { borderTopRightRadius: 0, borderBottomRightRadius: 0, borderRightWidth: 0, paddingRight: space.xs },
    remove: { borderTopLeftRadius: 0, borderBottomLeftRadius: 0, borderLeftWidth: 0, paddingHorizontal: space.s, flexShrink: 0 },
  }),
);
