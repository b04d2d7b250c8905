// The values of the design guide. Nothing else in the client names a colour, a size or a weight.

export type Stage = 'potential' | 'interested' | 'won' | 'lost';
export type Scheme = 'light' | 'dark';

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32, xxxl: 48 } as const;

export const radius = { control: 8, card: 12, dialog: 16, round: 999 } as const;

/** Motion stays under 200 ms. */
export const duration = { fast: 120, normal: 180 } as const;

/** Widths at which the layout changes. */
export const breakpoint = { tablet: 600, desktop: 1200 } as const;

const light = {
  background: '#F7F8FA',
  surface: '#FFFFFF',
  hover: '#F0F3F8',
  selected: '#E3EDFC',
  text: '#1A1D23',
  muted: '#565D6B',
  divider: '#E3E6EB',
  outline: '#7A8291',
  primary: '#1B5FC4',
  onPrimary: '#FFFFFF',
  danger: '#B3261E',
  onDanger: '#FFFFFF',
  warning: '#8A5300',
  success: '#1B6E3C',
  dangerSoft: '#FBE4E2',
  warningSoft: '#FFF0D6',
  successSoft: '#DDF3E4',
  neutralSoft: '#E8EAF0',
  onNeutralSoft: '#474E5C',
  scrim: 'rgba(17, 19, 24, 0.4)',
  shadow: 'rgba(17, 19, 24, 0.16)',
};

export type Colors = typeof light;

const dark: Colors = {
  background: '#111318',
  surface: '#1B1E24',
  hover: '#23272F',
  selected: '#1F3A66',
  text: '#E6E8EC',
  muted: '#A7AEBB',
  divider: '#2E333C',
  outline: '#7F8795',
  primary: '#9CC2FF',
  onPrimary: '#06306B',
  danger: '#FFB4AB',
  onDanger: '#690005',
  warning: '#FFBE6B',
  success: '#7FDBA0',
  dangerSoft: '#4B2220',
  warningSoft: '#4A3310',
  successSoft: '#173D27',
  neutralSoft: '#2F3541',
  onNeutralSoft: '#C9CED9',
  scrim: 'rgba(0, 0, 0, 0.6)',
  shadow: 'rgba(0, 0, 0, 0.5)',
};

export const colors: Record<Scheme, Colors> = { light, dark };

export type StageColors = Record<Stage, { text: string; background: string; chart: string }>;

export const stageColors: Record<Scheme, StageColors> = {
  light: {
    potential: { text: '#474E5C', background: '#E8EAF0', chart: '#6B7486' },
    interested: { text: '#7A4A00', background: '#FFF0D6', chart: '#B86E00' },
    won: { text: '#14602F', background: '#DDF3E4', chart: '#1F8A4C' },
    lost: { text: '#98221B', background: '#FBE4E2', chart: '#C7473D' },
  },
  dark: {
    potential: { text: '#C9CED9', background: '#2F3541', chart: '#9AA3B4' },
    interested: { text: '#FFD08A', background: '#4A3310', chart: '#F0A63C' },
    won: { text: '#8FE0AC', background: '#173D27', chart: '#4CC27C' },
    lost: { text: '#FFB9B2', background: '#4B2220', chart: '#F0776C' },
  },
};

/** Touch is for phones and fingers; with a mouse on a wide window people choose between dense and roomy. */
export type Density = 'touch' | 'dense' | 'roomy';

export type TextVariant = 'figure' | 'title' | 'section' | 'body' | 'label' | 'caption';
type TextSize = { fontSize: number; lineHeight: number; fontWeight: '400' | '500' | '600' };

const withMouse: Record<TextVariant, TextSize> = {
  figure: { fontSize: 28, lineHeight: 36, fontWeight: '600' },
  title: { fontSize: 20, lineHeight: 28, fontWeight: '600' },
  section: { fontSize: 16, lineHeight: 24, fontWeight: '600' },
  body: { fontSize: 14, lineHeight: 22, fontWeight: '400' },
  label: { fontSize: 13, lineHeight: 18, fontWeight: '500' },
  caption: { fontSize: 12, lineHeight: 16, fontWeight: '400' },
};

export const typography: Record<Density, Record<TextVariant, TextSize>> = {
  touch: { ...withMouse, body: { fontSize: 16, lineHeight: 24, fontWeight: '400' } },
  dense: withMouse,
  roomy: withMouse,
};

export const size: Record<Density, { control: number; small: number; row: number; menuItem: number }> = {
  touch: { control: 48, small: 40, row: 48, menuItem: 48 },
  dense: { control: 36, small: 28, row: 40, menuItem: 36 },
  roomy: { control: 36, small: 28, row: 48, menuItem: 40 },
};

/** Undefined on phones, where the system font is the default. */
export const webFont = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif';
