import type { ThemeConfig } from 'antd';

/**
 * The palette, once: tokens.css has the same values as custom properties for our own styles.
 * Every pair of text and ground used in the console reaches 4.5:1 (WCAG 2.2, 1.4.3).
 */
export const palette = {
  paper: '#f6f4ee',
  surface: '#ffffff',
  surfaceSoft: '#faf9f5',
  line: '#e5e1d6',
  lineStrong: '#d2cdbf',
  ink: '#1c2823',
  inkSoft: '#4b5751',
  inkFaint: '#656f69',
  accent: '#1f6b52',
  accentStrong: '#174f3d',
  accentSoft: '#e5f0ea',
  amber: '#9a5a0b',
  amberSoft: '#faf0de',
  red: '#ad3327',
  redSoft: '#fae9e6',
  blue: '#2c5c93',
  blueSoft: '#e7eff7',
  plum: '#75517f',
} as const;

/** Colours of series in charts, in order; the first is the accent, the last the quiet one of a control group. */
export const seriesColors = [palette.accent, '#c17a1c', palette.blue, palette.plum, '#b2563f', '#8a938d'];

/** For charts, which are drawn without styles; everything else takes `--font` of tokens.css. */
export const fontFamily =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** Ant Design's tokens: flat, paper and ink, one accent. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: palette.accent,
    colorInfo: palette.accent,
    colorLink: palette.accent,
    colorLinkHover: palette.accentStrong,
    colorSuccess: '#2b7a4b',
    colorWarning: '#b56d12',
    colorError: palette.red,
    colorTextBase: palette.ink,
    colorText: palette.ink,
    colorTextSecondary: palette.inkSoft,
    colorTextTertiary: palette.inkFaint,
    colorTextDescription: palette.inkFaint,
    colorTextPlaceholder: '#7d867f',
    colorBgLayout: palette.paper,
    colorBorder: palette.lineStrong,
    colorBorderSecondary: palette.line,
    colorFillAlter: palette.surfaceSoft,
    borderRadius: 6,
    borderRadiusLG: 10,
    fontFamily: 'var(--font)',
    fontSize: 14,
    controlHeight: 34,
    boxShadowTertiary: 'none',
    wireframe: false,
  },
  components: {
    Table: {
      headerBg: palette.surfaceSoft,
      headerColor: palette.inkSoft,
      headerSplitColor: 'transparent',
      rowHoverBg: '#f7f8f4',
      cellPaddingBlock: 11,
      cellPaddingInline: 14,
    },
    Tabs: { horizontalItemPadding: '10px 2px', horizontalItemGutter: 26, titleFontSize: 14 },
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Drawer: { paddingLG: 20 },
    Segmented: { trackBg: '#ece9df' },
    Tag: { defaultBg: palette.surfaceSoft },
  },
};
