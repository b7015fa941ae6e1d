import { pinyin } from 'pinyin-pro'

/** Two neighbouring characters as a step from one to the other, with how they are read. */
export interface Step {
  readonly gram: string
  readonly from: string
  readonly to: string
  readonly sounds: readonly [string, string]
}

/** Words as one reader may know them. */
export interface Words {
  knows(gram: string): boolean
  stepsFrom(char: string): readonly Step[]
  stepsTo(char: string): readonly Step[]
  /** Steps whose first character is read so; with `*` those that begin with that letter. */
  stepsBySound(sound: string): readonly Step[]
  isSyllable(text: string): boolean
  /** Words of other letters that differ from this by one letter. */
  wordsNear(word: string): readonly string[]
  /** The first of the words of other letters that begin so. */
  wordsFrom(prefix: string, limit: number): readonly string[]
}

const OPTIONS = { toneType: 'none', type: 'array', v: true } as const

/** The one way a character is read; of those with several the pair must decide: 银行 is yin hang. */
const readings = new Map<string, string | undefined>()
const onlyReading = (char: string): string | undefined => {
  if (!readings.has(char)) {
    const all = new Set(pinyin(char, { ...OPTIONS, multiple: true }))
    readings.set(char, all.size === 1 ? [...all][0] : undefined)
  }
  return readings.get(char)
}

const soundsOf = ({ gram, from, to }: Pick<Step, 'gram' | 'from' | 'to'>): readonly [string, string] => {
  const [one, other] = [onlyReading(from), onlyReading(to)]
  if (one !== undefined && other !== undefined) return [one, other]
  const [first = '', second = ''] = pinyin(gram, OPTIONS)
  return [first, second]
}

const append = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Whether two words differ by one letter only, or by two neighbours changed over. */
const isNear = (a: string, b: string): boolean => {
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const left = [a.length - start - end, b.length - start - end]
  if (Math.max(...left) <= 1) return true
  return left[0] === 2 && left[1] === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

const PAIR = /^\p{Script=Han}{2}$/v
const LETTERS = /^[a-z]/

/** The words the catalogue speaks, as pairs of characters that follow each other: what is mistyped or spelt is read by them. */
export class Vocabulary {
  readonly #known = new Set<string>()
  readonly #from = new Map<string, Step[]>()
  readonly #to = new Map<string, Step[]>()
  readonly #bySound = new Map<string, Step[]>()
  readonly #syllables = new Set<string>()
  readonly #words: string[] = []
  #areSorted = true
  /** Pairs not yet read aloud: pinyin takes longer than all else, and most pairs are never asked for. */
  #unread: Step[] = []

  learn(gram: string): void {
    if (this.#known.has(gram)) return
    this.#known.add(gram)
    if (LETTERS.test(gram)) {
      this.#words.push(gram)
      this.#areSorted = false
    }
    if (!PAIR.test(gram)) return
    const [from = '', to = ''] = Array.from(gram)
    const step = { gram, from, to, sounds: undefined as unknown as Step['sounds'] }
    append(this.#from, from, step)
    append(this.#to, to, step)
    this.#unread.push(step)
  }

  #readAll(): void {
    for (const step of this.#unread) {
      const sounds = soundsOf(step)
      ;(step as { sounds: Step['sounds'] }).sounds = sounds
      append(this.#bySound, sounds[0], step)
      append(this.#bySound, `${sounds[0][0]}*`, step)
      this.#syllables.add(sounds[0]).add(sounds[1])
    }
    this.#unread = []
  }

  knows(gram: string): boolean {
    return this.#known.has(gram)
  }
  stepsFrom(char: string): readonly Step[] {
    this.#readAll()
    return this.#from.get(char) ?? []
  }
  stepsTo(char: string): readonly Step[] {
    this.#readAll()
    return this.#to.get(char) ?? []
  }
  /** Steps whose first character is read so; with `*` those that begin with that letter. */
  stepsBySound(sound: string): readonly Step[] {
    this.#readAll()
    return this.#bySound.get(sound) ?? []
  }
  isSyllable(text: string): boolean {
    this.#readAll()
    return this.#syllables.has(text)
  }
  /** Words of other letters that differ from this by one letter. */
  wordsNear(word: string): string[] {
    return this.#words.filter((one) => Math.abs(one.length - word.length) < 2 && isNear(one, word))
  }
  /** Words of other letters that begin so. */
  wordsFrom(prefix: string): string[] {
    if (!this.#areSorted) {
      this.#words.sort()
      this.#areSorted = true
    }
    let low = 0
    let high = this.#words.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#words[middle]! < prefix) low = middle + 1
      else high = middle
    }
    const end = this.#words.findIndex((one, at) => at >= low && !one.startsWith(prefix))
    return this.#words.slice(low, end < 0 ? this.#words.length : end)
  }
}
