// How tiles fill the board: so that the words on them become as large as they can.

/** Width over height of the room for tiles on a wide screen, with and without calls beside it. */
const ROOM = { called: 1.35, alone: 2.0 };
const LETTERS = 9; // of a usual word, with its sign

/** Number of columns for so many tiles. */
export function columnsFor(tiles: number, called: boolean): number {
  const wide = called ? ROOM.called : ROOM.alone;
  let [best, size] = [1, 0];
  for (let columns = 1; columns <= tiles; columns += 1) {
    const [w, h] = [wide / columns, 1 / Math.ceil(tiles / columns)];
    const letter = Math.min(0.4 * h, (0.9 * w) / LETTERS / 0.6);
    if (letter > size + 1e-9) [best, size] = [columns, letter];
  }
  return best;
}
