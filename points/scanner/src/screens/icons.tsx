/** The icons, drawn in the interface's own line. Each is decoration: the word beside it speaks. */

import type { JSX } from "preact";

const PATHS = {
  wifi: "M3.5 9.5a12.5 12.5 0 0117 0M6.5 13a8 8 0 0111 0M9.5 16.4a3.6 3.6 0 015 0M12 19.4h.01",
  wifiOff:
    "M4 4l16 16M3.5 9.5a12.4 12.4 0 013.6-2.4M10.6 6.2a12.4 12.4 0 019.9 3.3M6.5 13a8 8 0 013.3-2M9.5 16.4a3.6 3.6 0 015 0M12 19.4h.01",
  tick: "M5 12.5l4.6 4.6L19 7.5",
  undo: "M8.5 5L4.5 9l4 4M4.8 9H14a5.5 5.5 0 010 11H9",
  pad: "M6 5h.01M12 5h.01M18 5h.01M6 10h.01M12 10h.01M18 10h.01M6 15h.01M12 15h.01M18 15h.01M12 20h.01",
  torch: "M8 3.5h8v4l-2 3v10h-4v-10l-2-3zM8 7.5h8M12 13v2",
  speech:
    "M5 4.5h14a1.5 1.5 0 011.5 1.5v9a1.5 1.5 0 01-1.5 1.5h-7.5L7 20.5v-4H5A1.5 1.5 0 013.5 15V6A1.5 1.5 0 015 4.5zM8 9h8M8 12.3h5",
  minus: "M5 12h14",
  plus: "M12 5v14M5 12h14",
  photo: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3.2 3.2 0 100-6.4 3.2 3.2 0 000 6.4z",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v6M14 20h3",
  gear: "M4 7h10M18 7h2M4 17h2M10 17h10M14 4.5v5M10 14.5v5",
  list: "M5 6.5h14M5 12h14M5 17.5h9",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: 分, to sort and a point, in a seal. */
export function Mark(): JSX.Element {
  return (
    <span class="mark" aria-hidden="true">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M9.8 3.8C8.9 7 6.9 9.6 3.8 11.3M14.2 3.8c.9 3.2 2.9 5.8 6 7.5M7.3 12.6h9.3c0 3.3-.4 6-1.1 7-.7.9-2 .9-3.7.3M11.3 12.6c-.2 3.4-1.9 6-5.3 7.6" />
      </svg>
    </span>
  );
}
