// Whatever cannot be seen is left out: NUL and other controls, and the marks that turn the direction of writing around.
const UNSEEN = /[\p{Cc}\u202A-\u202E\u2066-\u2069\uFEFF]/gu

// Cut first: half a character would be refused by the database.
const cut = (text: string, max: number): string => text.trim().slice(0, max).toWellFormed()

/** One line of what a stranger typed; anything but text is empty. */
export const lineIn = (value: unknown, max: number): string =>
  typeof value === 'string' ? cut(value.replace(/[\r\n\t]+/g, ' ').replace(UNSEEN, ''), max) : ''

/** Several lines of what a stranger typed. */
export const proseIn = (value: unknown, max: number): string =>
  typeof value === 'string'
    ? cut(
        value
          .replace(/\r\n?/g, '\n')
          .split('\n')
          .map((line) => line.replaceAll('\t', ' ').replace(UNSEEN, '').trimEnd())
          .join('\n')
          .replace(/\n{3,}/g, '\n\n'),
        max,
      )
    : ''
