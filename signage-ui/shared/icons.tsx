/** Icons on a 20-unit grid, stroke 1.75, round ends. Always beside a word unless the caller names the button. */
const SHAPES = {
  check: 'M4 10.5l4 4 8-9',
  cross: 'M5 5l10 10M15 5L5 15',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l2.5 1.5',
  refused: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM5.2 14.8l9.6-9.6',
  screen: 'M3 4h14v9H3zM7 17h6M10 13v4',
  tag: 'M3 4v5.5l7.5 7.5 6-6L9 3.5H3.5zM6.5 7h.01',
  phone: 'M6.5 2.5h7a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM9 14.5h2',
  receipt: 'M5 2.5h10v15l-1.7-1.4-1.6 1.4-1.7-1.4-1.7 1.4-1.6-1.4L5 17.5zM8 6.5h4M8 9.5h4',
  people:
    'M7.5 9a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16.5c.3-3 2.3-4.6 5-4.6s4.7 1.6 5 4.6M13 3.8a2.7 2.7 0 0 1 0 5M14.5 12.2c1.8.5 2.9 2 3 4.3',
  stock: 'M3 3v14M17 3v14M3 8h14M3 15h14M6 5h3v3H6zM10 11h4v4h-4z',
  lock: 'M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9',
  warning: 'M10 3l7.5 13.5h-15zM10 8.5v3.5M10 14.3v.01',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4',
  down: 'M5 8l5 5 5-5',
  up: 'M10 16V4M5 9l5-5 5 5',
  lower: 'M10 4v12M5 11l5 5 5-5',
  right: 'M4 10h12M11 5l5 5-5 5',
  left: 'M16 10H4M9 5l-5 5 5 5',
  replay: 'M4 4v4h4M4.6 8A6.5 6.5 0 1 1 3.5 11.5',
  history: 'M3.5 4v4h4M3.9 8a6.5 6.5 0 1 1-.4 3M10 6.5V10l2.5 1.5',
  export: 'M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13',
  mend: 'M12.5 3a4 4 0 0 0-3.7 5.6L3.5 14a1.8 1.8 0 0 0 2.5 2.5l5.4-5.3A4 4 0 0 0 17 7.5L14.5 9.5 11.5 8.5 10.5 5.5z',
  pin: 'M10 17.5s5.5-5 5.5-9.5a5.5 5.5 0 0 0-11 0c0 4.5 5.5 9.5 5.5 9.5zM10 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  offline: 'M8 6l2-2a3.6 3.6 0 0 1 5 5l-2 2M12 14l-2 2a3.6 3.6 0 0 1-5-5l2-2M3.5 3.5l13 13',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3',
  chart: 'M3 17V3M3 17h14M6.5 13.5l3-4 3 2 4-6',
  box: 'M3 6.5L10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7',
  signal:
    'M10 11a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM6.5 13.5a5 5 0 0 1 0-7M13.5 6.5a5 5 0 0 1 0 7M4 16a8.5 8.5 0 0 1 0-12M16 4a8.5 8.5 0 0 1 0 12',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg class={small ? 'icon icon-small' : 'icon'} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}

/** The dashed ring of something that was withheld on purpose. */
export function WithheldIcon() {
  return (
    <svg class="icon icon-small" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <circle cx="10" cy="10" r="7" stroke-dasharray="3 3.3" />
    </svg>
  );
}

/** The retailer's leaf, for pages that shoppers see. */
export function LeafMark({ class: className }: { class?: string }) {
  return (
    <svg class={className} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path
        fill="currentColor"
        d="M20 36C10 29 3 23 3 13.5 3 7.5 7.5 4 12 4c3.5 0 6.5 2 8 5 1.5-3 4.5-5 8-5 4.5 0 9 3.5 9 9.5C37 23 30 29 20 36z"
      />
      <path
        class="leaf-veins"
        fill="none"
        stroke-width="1.8"
        stroke-linecap="round"
        d="M20 36V16M20 23l-6-4.5M20 23l6-4.5M20 29l-7-5M20 29l7-5"
      />
    </svg>
  );
}
