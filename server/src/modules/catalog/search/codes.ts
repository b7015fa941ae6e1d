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

export interface Lexicon extends Codes {
  startingWith(prefix: string): number[]
}

/** Texts that are also found by their beginnings. */
export const makeLexicon = (): Lexicon => {
  const codes = makeCodes()
  const byFirst = new Map<string, number[]>()
  return {
    ...codes,
    of: (text) => {
      const before = codes.values.length
      const code = codes.of(text)
      if (code === before) {
        const first = String.fromCodePoint(text.codePointAt(0)!)
        const group = byFirst.get(first)
        if (group) group.push(code)
        else byFirst.set(first, [code])
      }
      return code
    },
    startingWith: (prefix) => {
      const group = byFirst.get(String.fromCodePoint(prefix.codePointAt(0)!)) ?? []
      return group.filter((code) => codes.values[code]!.startsWith(prefix))
    },
  }
}

/** Many short sequences of small numbers in one array: what stands at `of(n)` is the nth. */
export interface Sequences {
  readonly all: { values: Uint16Array; starts: Uint32Array }
  push(sequence: ArrayLike<number>): void
}

export const makeSequences = (): Sequences => {
  const all = { values: new Uint16Array(1024), starts: new Uint32Array(256) }
  let count = 0
  return {
    all,
    push: (sequence) => {
      const start = all.starts[count]!
      const end = start + sequence.length
      if (end > all.values.length) {
        const larger = new Uint16Array(end * 2)
        larger.set(all.values)
        all.values = larger
      }
      all.values.set(sequence, start)
      count += 1
      if (count >= all.starts.length) {
        const larger = new Uint32Array(count * 2)
        larger.set(all.starts)
        all.starts = larger
      }
      all.starts[count] = end
    },
  }
}
