import { seriesColors } from '../../../frame/theme.ts';

/** Series beyond the theme's six; the last of the theme stays the quiet one, for what is left over. */
const more = ['#4f8f8b', '#a8862b', '#5b6fa8', '#97606d', '#6f8f4f', '#b88a6a'];
const colors = [...seriesColors.slice(0, -1), ...more];

export const QUIET = '#8a938d';

/** The colour of the n-th series; they repeat after eleven. */
export const colorOf = (index: number): string => colors[index % colors.length]!;

/** Green from paper (0) to full (1), for tables of heat; the ink on it stays readable. */
export function heat(share: number): { background: string; color: string } {
  const strength = Math.max(0, Math.min(1, share));
  return {
    background: `color-mix(in oklab, #1f6b52 ${Math.round(strength * 88 + 4)}%, #ffffff)`,
    color: strength > 0.78 ? '#ffffff' : '#1c2823',
  };
}
