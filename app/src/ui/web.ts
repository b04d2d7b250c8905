type WebProps = {
  'aria-activedescendant'?: string;
  'aria-autocomplete'?: 'list';
  'aria-controls'?: string;
  'aria-current'?: 'page' | 'step' | 'date' | true;
  'aria-describedby'?: string;
  'aria-haspopup'?: 'menu' | 'listbox' | 'dialog';
  'aria-invalid'?: boolean;
  'aria-keyshortcuts'?: string;
  'aria-labelledby'?: string;
  'aria-level'?: number;
  'aria-multiselectable'?: boolean;
  'aria-orientation'?: 'horizontal' | 'vertical';
  'aria-pressed'?: boolean;
  'aria-required'?: boolean;
  'aria-valuetext'?: string;
  /** ring: where the focus ring is drawn. */
  dataSet?: { ring?: 'inside' | 'none' | 'within' };
  href?: string;
  hrefAttrs?: { target?: string; rel?: string; download?: boolean };
  id?: string;
  onKeyDown?: (event: KeyPress) => void;
  /** Before a field within sees it: a field lets no key come up. */
  onKeyDownCapture?: (event: KeyPress) => void;
  /** A field's own name for onKeyDown, which it does not call. */
  onKeyPress?: (event: KeyPress) => void;
  onContextMenu?: () => void;
  role?: string;
  tabIndex?: 0 | -1;
  title?: string;
};

export type KeyPress = {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  nativeEvent: { isComposing?: boolean; keyCode?: number };
  /** What listens: a browser's element. */
  currentTarget: unknown;
  preventDefault(): void;
  stopPropagation(): void;
};

export const isWeb = process.env.EXPO_OS === 'web';

/** Properties that react-native-web knows and React Native does not: spread them, on phones there are none. */
export function web(props: WebProps): object {
  return isWeb ? props : {};
}

/** Whether a key press belongs to an input method, whose Enter takes a candidate and submits nothing. */
export function isComposing(event: KeyPress): boolean {
  return event.nativeEvent.isComposing === true || event.nativeEvent.keyCode === 229;
}
