interface LeafMarkProps {
  sizePx?: number;
  color?: string;
}

/** The 梧桐 leaf: a parasol-tree leaf of five lobes, one for each of the five connections, and its veins. */
export function LeafMark({ sizePx = 28, color = 'var(--accent)' }: LeafMarkProps) {
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        fill={color}
        d="M16 1.6c1.5 2.5 2.9 4.6 3.3 7.4 2.1-1.5 4.2-2.6 7-3-.5 2.6-1 4.7-2.6 6.7 2.5.3 4.7 1 7 2.7-2.6 1.4-4.7 2.5-7.5 2.6 1.1 2.2 1.6 4.1 1.4 6.7-3-.4-5.6-1.5-7.7-3.7v8.3c0 .7-.4 1.2-.9 1.2s-.9-.5-.9-1.2V21c-2.1 2.2-4.7 3.3-7.7 3.7-.2-2.6.3-4.5 1.4-6.7-2.8-.1-4.9-1.2-7.5-2.6 2.3-1.7 4.5-2.4 7-2.7-1.6-2-2.1-4.1-2.6-6.7 2.8.4 4.9 1.5 7 3 .4-2.8 1.8-4.9 3.3-7.4Z"
      />
      <path
        d="M16 21V7.5M16 20 9.4 9.6M16 20l6.6-10.4M16 20.4l-9.6-4.7M16 20.4l9.6-4.7"
        stroke="#fff"
        strokeOpacity="0.55"
        strokeWidth="0.9"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
