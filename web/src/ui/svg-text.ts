// A Chinese character is one em wide, a Latin one about .56 em.
const emsOf = (text: string): number => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) > 0x2e7f ? 1 : 0.56), 0)

/** As much of the text as fits into a width at a font size, both in pixels: SVG neither wraps nor cuts. */
export const fitText = (text: string, width: number, size: number): string => {
  const room = width / size
  if (emsOf(text) <= room) return text
  let kept = ''
  for (const one of text) {
    if (emsOf(kept + one) > room - 1) break
    kept += one
  }
  return `${kept}…`
}
