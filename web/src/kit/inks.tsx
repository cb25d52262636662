// Lines of a chart: a colour and a dash each, so that colour is never alone.
export const INKS = ["--line", "--high", "--low", "--good", "--medium", "--critical", "--quiet", "--ink"] as const;
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 3, 2, 3], [4, 4], [16, 4], [1, 4], [6, 2, 2, 2]];
export const LINES_MAX = INKS.length;

/** The line of a chart with this number, as in a legend. */
export function LineSign({ at }: { at: number }) {
  return (
    <svg width="30" height="12" aria-hidden="true">
      <line x1="0" x2="30" y1="6" y2="6" stroke={`var(${INKS[at % LINES_MAX]})`} strokeWidth="2.4" strokeDasharray={DASHES[at % LINES_MAX]?.join(" ")} />
    </svg>
  );
}
