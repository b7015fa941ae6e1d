/** About how wide a text is, in widths of a Chinese character: SVG neither wraps nor measures on the server. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const one of text) width += one.codePointAt(0)! < 0x2000 ? 0.58 : 1
  return width
}

/** The text cut to what fits, an ellipsis in the place of what does not. */
export const fitted = (text: string, most: number): string => {
  if (widthOf(text) <= most) return text
  let [kept, width] = ['', 1]
  for (const one of text) {
    width += widthOf(one)
    if (width > most) break
    kept += one
  }
  return `${kept}…`
}
