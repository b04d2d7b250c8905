import { Button, type ButtonProps } from './Button';
import type { IconName } from './Icon';
import { IconButton } from './IconButton';
import { useWidth } from './useWidth';

type Props = Pick<ButtonProps, 'label' | 'onPress' | 'href' | 'kind' | 'loading' | 'shortcut' | 'testID'> & { icon: IconName };

/** What can be done on a screen, beside its title: a button with words, or its icon on phones. */
export function ScreenAction({ icon, kind = 'primary', ...action }: Props) {
  const { label, onPress, href, loading, testID } = action;
  if (useWidth() === 'phone') return <IconButton icon={icon} label={label} onPress={onPress} href={href} disabled={loading} tone="primary" testID={testID} />;
  return <Button kind={kind} icon={icon} {...action} />;
}
