import { useEffect, useRef, type CSSProperties } from 'react';

import { useTheme } from '@/theme/theme';

type Props = { label: string; checked: boolean; mixed?: boolean; onToggle: (range: boolean) => void; testID: string };

/** The box that selects a row of a table; with Shift, a range of rows. */
export function Tick({ label, checked, mixed = false, onToggle, testID }: Props) {
  const { colors } = useTheme();
  const box = useRef<HTMLInputElement>(null);
  const range = useRef(false);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <label style={frame}>
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onClick={(event) => {
          range.current = event.shiftKey;
        }}
        onChange={() => onToggle(range.current)}
        data-testid={testID}
        style={{ width: 16, height: 16, margin: 0, accentColor: colors.primary }}
      />
    </label>
  );
}

const frame: CSSProperties = { display: 'flex', alignItems: 'center', justifyContent: 'center', minHeight: 28, minWidth: 24, cursor: 'pointer' };
