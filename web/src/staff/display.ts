/** How the reader wants the pages to look: kept in this browser only. */
export interface Display {
  readonly size: 'normal' | 'large'
  readonly contrast: 'normal' | 'high'
}

const KEY = 'sanjiang.display'
const PLAIN: Display = { size: 'normal', contrast: 'normal' }

export const readDisplay = (): Display => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Display>
    return {
      size: kept.size === 'large' ? 'large' : 'normal',
      contrast: kept.contrast === 'high' ? 'high' : 'normal',
    }
  } catch {
    return PLAIN
  }
}

export const applyDisplay = (display: Display): void => {
  document.documentElement.dataset.size = display.size
  document.documentElement.dataset.contrast = display.contrast
}

export const keepDisplay = (display: Display): void => {
  applyDisplay(display)
  try {
    localStorage.setItem(KEY, JSON.stringify(display))
  } catch {
    // Storage may be forbidden by the browser's policy; the choice then lasts for this page only.
  }
}
