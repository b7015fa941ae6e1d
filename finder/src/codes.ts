/** Small numbers for texts, given in the order in which they first come. */
export interface Codes {
  readonly values: readonly string[]
  of(text: string): number
  find(text: string): number | undefined
}

export const makeCodes = (): Codes => {
  const numbers = new Map<string, number>()
  const values: string[] = []
  return {
    values,
    find: (text) => numbers.get(text),
    of: (text) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, values.length)
      values.push(text)
      return values.length - 1
    },
  }
}
