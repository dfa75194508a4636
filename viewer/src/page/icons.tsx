/** Our own line icons, drawn on a grid of 16 by 16. */

const PATHS = {
  window: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11zM8 2.5v11M10 4v8M12 5.5v5",
  scroll: "M4 2.5h8v11H4zM8 5v6M6.5 6.4L8 5l1.5 1.4M6.5 9.6L8 11l1.5-1.4",
  pan: "M8 2v12M2 8h12M6.4 3.6L8 2l1.6 1.6M6.4 12.4L8 14l1.6-1.6M3.6 6.4L2 8l1.6 1.6M12.4 6.4L14 8l-1.6 1.6",
  zoom: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM10.4 10.4L14 14",
  zoomIn: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM10.4 10.4L14 14M7 5v4M5 7h4",
  zoomOut: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM10.4 10.4L14 14M5 7h4",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  narrower: "M2 8h4M4.4 6.2L6.2 8L4.4 9.8M14 8h-4M11.6 6.2L9.8 8l1.8 1.8M8 3v10",
  wider: "M7 8H2M3.8 6.2L2 8l1.8 1.8M9 8h5M12.2 6.2L14 8l-1.8 1.8M8 3v2M8 11v2",
  brighter: "M8 5.4a2.6 2.6 0 1 0 0 5.2a2.6 2.6 0 1 0 0-5.2zM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1",
  darker: "M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2A5.3 5.3 0 1 0 12.8 9.6z",
  invert: "M2.5 2.5h11v11h-11zM2.5 13.5l11-11M8.5 11h3",
  rotate: "M12.6 6A5 5 0 1 0 13 8.6M13 3v3.2H9.8",
  flip: "M8 2v12M6 4.5v7L2 11.5zM10 4.5v7l4 0z",
  pixels: "M2.5 2.5h11v11h-11zM2.5 8h11M8 2.5v11",
  reset: "M3.4 6A5 5 0 1 1 3 8.6M3 3v3.2h3.2",
  play: "M5 3.2l7.5 4.8L5 12.8z",
  pause: "M5 3.5v9M11 3.5v9",
  drawn: "M2.5 2.5h11v11h-11zM5 10.5l2-4l2 3l1-1.5l1.5 2.5",
  shutter: "M2.5 2.5h11v11h-11zM8 4.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 1 0 0-7.6z",
  probe: "M8 1.8v4M8 10.2v4M1.8 8h4M10.2 8h4M8 7.4v1.2",
  oneUp: "M2.5 2.5h11v11h-11zM5 5h6v6H5z",
  previous: "M8 13V3M4.5 6.5L8 3l3.5 3.5",
  next: "M8 3v10M4.5 9.5L8 13l3.5-3.5",
  list: "M2.5 3h3v10h-3zM8 4h5.5M8 8h5.5M8 12h5.5",
  bell: "M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.2H2.8zM6.8 14h2.4",
  help: "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .8-1 1.6M8 12.4v.6",
  why: "M2.5 3h11M2.5 6.4h7M2.5 9.8h11M2.5 13.2h5",
  previousStage: "M10 3.5L5.5 8l4.5 4.5",
  nextStage: "M6 3.5L10.5 8L6 12.5",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9",
  prior: "M8 2.5a5.5 5.5 0 1 1-5.2 3.7M2.5 3v3.4h3.4M8 5v3.2l2.2 1.4",
  rehang: "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 11.3l1.6 1.7l3-3.6",
  trace: "M3.5 2.5v8a2 2 0 0 0 2 2h7M3.5 6h9M10.5 4.2L12.6 6l-2.1 1.8M10.5 10.7l2.1 1.8l-2.1 1.8",
  found: "M3 8.5l3.2 3.2L13 4.8",
  none: "M4 8h8",
  skipped: "M3 4l4.5 4L3 12zM9 4l4.5 4L9 12z",
  waiting: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6zM8 5v3.2l2.2 1.4",
  blocked: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6zM3.9 3.9l8.2 8.2",
  warning: "M8 2.5l6 11H2zM8 6.5v3.6M8 11.6v.6",
  close: "M4 4l8 8M12 4l-8 8",
  lock: "M4 7.5h8v6H4zM5.6 7.5V5.2a2.4 2.4 0 0 1 4.8 0v2.3",
  exit: "M9.5 3H3v10h6.5M6.5 8H14M11.6 5.6L14 8l-2.4 2.4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

const RADIUS = 20;
const LENGTH = 2 * Math.PI * RADIUS;

/** share: 0 to 1 of the way round. */
export function Ring({ share }: { readonly share: number }) {
  return (
    <svg class="ring" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle class="ring-track" cx="24" cy="24" r={RADIUS} />
      <circle class="ring-done" cx="24" cy="24" r={RADIUS} stroke-dasharray={`${String(share * LENGTH)} ${String(LENGTH)}`} />
    </svg>
  );
}
