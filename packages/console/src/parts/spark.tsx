import { palette } from '../frame/theme.ts';

const WIDTH = 96;
const HEIGHT = 24;

/** A line without axes: the pulse of something. */
export function Spark({ values }: { values: readonly number[] }) {
  if (values.length < 2) return <span className="faint">–</span>;
  const highest = Math.max(1, ...values);
  const points = values
    .map((value, index) => {
      const x = (index / (values.length - 1)) * WIDTH;
      const y = HEIGHT - 2 - (value / highest) * (HEIGHT - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <polyline
        points={points}
        fill="none"
        stroke={palette.accent}
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
