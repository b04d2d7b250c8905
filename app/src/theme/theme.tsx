import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { AccessibilityInfo, useColorScheme, useWindowDimensions } from 'react-native';

import { loadPreference, savePreference } from '@/preferences/preferences';

import { paintDocument } from './document';
import { useCoarsePointer } from './media';
import {
  breakpoint,
  colors,
  radius,
  size,
  space,
  stageColors,
  typography,
  type Colors,
  type Density,
  type Scheme,
  type StageColors,
} from './tokens';

export type ThemeChoice = 'system' | Scheme;

/** How high rows are where there is a mouse. */
export type RowsChoice = 'compact' | 'comfortable';

export type Theme = {
  scheme: Scheme;
  density: Density;
  colors: Colors;
  stages: StageColors;
  space: typeof space;
  radius: typeof radius;
  type: (typeof typography)[Density];
  size: (typeof size)[Density];
};

function build(scheme: Scheme, density: Density): Theme {
  return {
    scheme,
    density,
    colors: colors[scheme],
    stages: stageColors[scheme],
    space,
    radius,
    type: typography[density],
    size: size[density],
  };
}

/** The themes are constants, so that styles made from one are made once. */
const themes: Record<Scheme, Record<Density, Theme>> = {
  light: { touch: build('light', 'touch'), dense: build('light', 'dense'), roomy: build('light', 'roomy') },
  dark: { touch: build('dark', 'touch'), dense: build('dark', 'dense'), roomy: build('dark', 'roomy') },
};

type ThemeState = {
  theme: Theme;
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
  rows: RowsChoice;
  chooseRows: (rows: RowsChoice) => void;
  reducedMotion: boolean;
};

const ThemeContext = createContext<ThemeState>({
  theme: themes.light.dense,
  choice: 'system',
  choose: () => {},
  rows: 'compact',
  chooseRows: () => {},
  reducedMotion: false,
});

/** Provides the theme that the person chose, or the system's. scheme forces one, which the gallery uses. */
export function ThemeProvider({ scheme: forced, children }: { scheme?: Scheme; children: ReactNode }) {
  const system = useColorScheme();
  const coarse = useCoarsePointer();
  const { width } = useWindowDimensions();
  const [choice, setChoice] = useState<ThemeChoice>(() => loadPreference('theme') ?? 'system');
  const [rows, setRows] = useState<RowsChoice>(() => loadPreference('rows') ?? 'compact');
  const reducedMotion = useReducedMotion();

  const scheme = forced ?? (choice === 'system' ? (system === 'dark' ? 'dark' : 'light') : choice);
  const withMouse = rows === 'comfortable' ? 'roomy' : 'dense';
  const density = coarse || width < breakpoint.tablet ? 'touch' : withMouse;
  const theme = themes[scheme][density];

  useEffect(() => {
    if (!forced) paintDocument(theme);
  }, [forced, theme]);

  const state = useMemo(
    () => ({
      theme,
      choice,
      rows,
      reducedMotion,
      chooseRows: (next: RowsChoice) => {
        setRows(next);
        savePreference('rows', next);
      },
      choose: (next: ThemeChoice) => {
        setChoice(next);
        savePreference('theme', next);
      },
    }),
    [theme, choice, rows, reducedMotion],
  );
  return <ThemeContext value={state}>{children}</ThemeContext>;
}

export function useTheme(): Theme {
  return use(ThemeContext).theme;
}

/** What the person chose of how things look on this device. */
export function useThemeChoice(): Pick<ThemeState, 'choice' | 'choose' | 'rows' | 'chooseRows'> {
  return use(ThemeContext);
}

/** Whether the person asked the system for less motion. */
export function useMotionReduced(): boolean {
  return use(ThemeContext).reducedMotion;
}

/** Makes a hook from a function of the theme; its result is kept per theme. */
export function themed<T>(make: (theme: Theme) => T): () => T {
  const made = new WeakMap<Theme, T>();
  return function useThemed() {
    const theme = useTheme();
    let styles = made.get(theme);
    if (!styles) {
      styles = make(theme);
      made.set(theme, styles);
    }
    return styles;
  };
}

function useReducedMotion(): boolean {
  const [reduced, setReduced] = useState(false);
  useEffect(() => {
    let mounted = true;
    void AccessibilityInfo.isReduceMotionEnabled().then((value) => {
      if (mounted) setReduced(value);
    });
    const subscription = AccessibilityInfo.addEventListener('reduceMotionChanged', setReduced);
    return () => {
      mounted = false;
      subscription?.remove();
    };
  }, []);
  return reduced;
}
