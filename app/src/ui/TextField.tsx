import { useState, type ReactNode } from 'react';
import { StyleSheet, TextInput, View, type TextInputProps } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';
import { webFont } from '@/theme/tokens';

import { Field, useFieldIds, type FieldProps } from './Field';
import { useFormSubmit } from './Form';
import { IconButton } from './IconButton';
import { isWeb, web } from './web';

export type TextFieldProps = FieldProps & {
  value: string;
  onChange: (text: string) => void;
  multiline?: boolean;
  secure?: boolean;
  keyboard?: 'email' | 'phone' | 'number' | 'url';
  autoComplete?: TextInputProps['autoComplete'];
  autoFocus?: boolean;
  placeholder?: string;
  maxLength?: number;
  prefix?: ReactNode;
  suffix?: ReactNode;
  onBlur?: () => void;
  onFocus?: () => void;
  /** Enter; submits the form around it when absent. */
  onSubmit?: () => void;
  testID?: string;
  disabled?: boolean;
  /** Lines shown of a multiline field. */
  rows?: number;
  /** Keeps the label for screen readers only, where the place says what is meant. */
  hideLabel?: boolean;
};

const keyboards = { email: 'email-address', phone: 'phone-pad', number: 'numeric', url: 'url' } as const;

export function TextField(props: TextFieldProps) {
  const { label, error, hint, required, hideLabel } = props;
  const ids = useFieldIds(props);
  const control = <TextControl {...props} ids={ids} />;
  if (hideLabel) return control;
  return (
    <Field label={label} error={error} hint={hint} required={required} ids={ids}>
      {control}
    </Field>
  );
}

function TextControl(props: TextFieldProps & { ids: ReturnType<typeof useFieldIds> }) {
  const { t } = useTranslation();
  const { colors, type } = useTheme();
  const styles = useStyles();
  const submitForm = useFormSubmit();
  const [focused, setFocused] = useState(false);
  const [revealed, setRevealed] = useState(false);
  const { label, value, onChange, error, required, multiline, secure, keyboard, disabled, ids } = props;
  const submit = props.onSubmit ?? submitForm;

  return (
    <View
      style={[
        styles.box,
        multiline ? styles.tall : styles.line,
        focused && styles.focused,
        error ? styles.wrong : null,
        disabled && styles.disabled,
      ]}
    >
      {props.prefix}
      <TextInput
        aria-label={label}
        {...web({ 'aria-invalid': error ? true : undefined, 'aria-required': required, 'aria-describedby': ids.described, dataSet: { ring: 'none' } })}
        testID={props.testID}
        value={value}
        onChangeText={onChange}
        onFocus={() => {
          setFocused(true);
          props.onFocus?.();
        }}
        onBlur={() => {
          setFocused(false);
          props.onBlur?.();
        }}
        // On the web this never comes from an Enter that takes a candidate of an input method.
        onSubmitEditing={multiline ? undefined : submit}
        submitBehavior={multiline ? 'newline' : 'submit'}
        multiline={multiline}
        numberOfLines={multiline ? (props.rows ?? 3) : undefined}
        secureTextEntry={secure && !revealed}
        inputMode={keyboard === 'number' ? 'decimal' : keyboard === 'phone' ? 'tel' : keyboard}
        keyboardType={keyboard ? keyboards[keyboard] : undefined}
        autoCapitalize={keyboard || secure ? 'none' : undefined}
        autoCorrect={keyboard || secure ? false : undefined}
        autoComplete={props.autoComplete}
        autoFocus={props.autoFocus}
        placeholder={props.placeholder}
        placeholderTextColor={colors.muted}
        maxLength={props.maxLength}
        editable={!disabled}
        style={[type.body, styles.input, multiline && styles.area]}
      />
      {secure ? (
        <IconButton
          size="small"
          icon={revealed ? 'eye-off-outline' : 'eye-outline'}
          label={revealed ? t('ui:field.hide') : t('ui:field.reveal')}
          onPress={() => setRevealed(!revealed)}
        />
      ) : null}
      {props.suffix}
    </View>
  );
}

const useStyles = themed(({ colors, radius, space, size }) =>
  StyleSheet.create({
    box: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      paddingHorizontal: space.m,
      borderWidth: 1,
      borderColor: colors.outline,
      borderRadius: radius.control,
      backgroundColor: colors.surface,
    },
    line: { height: size.control },
    tall: { alignItems: 'flex-start', paddingVertical: space.s },
    // The ring stands outside the border, so that nothing moves when it appears.
    focused: isWeb ? { borderColor: colors.primary, boxShadow: `0 0 0 1px ${colors.primary}` } : { borderColor: colors.primary },
    wrong: { borderColor: colors.danger },
    disabled: { backgroundColor: colors.hover, borderColor: colors.divider },
    input: {
      flex: 1,
      minWidth: 0,
      // A line height above the font's own cuts the text of single lines on iOS.
      lineHeight: undefined,
      padding: 0,
      color: colors.text,
      ...(isWeb && { fontFamily: webFont, outlineStyle: 'none' as 'solid', alignSelf: 'stretch' }),
    },
    area: { lineHeight: undefined, textAlignVertical: 'top', minHeight: 66 },
  }),
);
