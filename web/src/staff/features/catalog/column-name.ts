/** 3 → C, 28 → AB: columns as spreadsheets call them. */
export const columnName = (column: number): string => {
  const rest = Math.floor((column - 1) / 26)
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26))
}
