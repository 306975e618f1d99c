/**
 * Small cells (R24): a count of 1 to 4 may point to a person and is not told. Where only one cell of a row or a column would be
 * hidden, it could be worked out from the total: then the next smallest is hidden too. Pure.
 */
export const SMALL = 5;

/** A number that may be told, or null: fewer than five, or hidden to protect such a one. */
export type Cell = number | null;

export interface Suppressed {
  cells: Cell[][];
  rowTotals: Cell[];
  columnTotals: Cell[];
  total: Cell;
}

/** @param counts rows of equal length. */
export function suppress(counts: readonly (readonly number[])[]): Suppressed {
  const width = counts[0]?.length ?? 0;
  const hidden = counts.map((row) => row.map(isSmall));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [i, row] of counts.entries()) {
      const j = alone(row, (column) => hidden[i]![column]!);
      if (j !== null) hidden[i]![j] = changed = true;
    }
    for (let j = 0; j < width; j++) {
      const column = counts.map((row) => row[j]!);
      const i = alone(column, (row) => hidden[row]![j]!);
      if (i !== null) hidden[i]![j] = changed = true;
    }
  }
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const rows = counts.map((row) => sum(row));
  const columns = Array.from({ length: width }, (_, j) => sum(counts.map((row) => row[j]!)));
  const total = sum(rows);
  const tell = (n: number): Cell => (isSmall(n) ? null : n);
  return {
    cells: counts.map((row, i) => row.map((n, j) => (hidden[i]![j] ? null : n))),
    rowTotals: guarded(rows, tell),
    columnTotals: guarded(columns, tell),
    total: tell(total),
  };
}

export const isSmall = (n: number): boolean => n > 0 && n < SMALL;
/** `5未満` also for a cell that is hidden to protect another: it does not say which. */
export const cellText = (cell: Cell): string => (cell === null ? '＊' : String(cell));

/** @returns the next smallest that is told and not nothing, when exactly one is hidden; else null. Nothing to hide behind: a zero goes. */
function alone(line: readonly number[], isHidden: (index: number) => boolean): number | null {
  const indexes = line.map((_, index) => index);
  if (indexes.filter(isHidden).length !== 1) return null;
  const others = indexes.filter((index) => !isHidden(index));
  const byCount = (a: number, b: number): number => line[a]! - line[b]!;
  return others.filter((index) => line[index]! > 0).toSorted(byCount)[0] ?? others[0] ?? null;
}

/** The totals are a line of their own beside the grand total. */
function guarded(totals: readonly number[], tell: (n: number) => Cell): Cell[] {
  const cells = totals.map(tell);
  const extra = alone(totals, (index) => cells[index] === null);
  return cells.map((cell, index) => (index === extra ? null : cell));
}
