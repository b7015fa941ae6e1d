import { badQuery } from './ckan.fault.ts'

/** A query as Solr reads it, as far as CKAN's clients write it: fields, quotes, `*`, ranges, + - ! NOT, AND && OR ||, brackets. */
export type Query =
  | { readonly is: 'all' }
  | { readonly is: 'and' | 'or'; readonly of: readonly Query[] }
  | { readonly is: 'not'; readonly of: Query }
  /** `pattern`: `*` and `?` stand for anything. */
  | { readonly is: 'term'; readonly field: string; readonly value: string; readonly isPattern: boolean }
  | { readonly is: 'range'; readonly field: string; readonly from: Bound; readonly to: Bound }

export interface Bound {
  readonly value: string
  readonly isIn: boolean
}

/** Words without a field. */
export const TEXT = 'text'
const MAX_LENGTH = 4000
const MAX_TOKENS = 400
const MAX_DEPTH = 20

interface Token {
  readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'must' | 'field' | 'word' | 'quoted' | 'range'
  readonly text: string
}

// Outside quotes a word ends at white space, a bracket, a quote or a colon, unless it is escaped.
const WORD = /(?:\\.|[^\s()[\]{}":\\])+/y
const FIELD = /([A-Za-z_][\w.-]*):/y
const QUOTED = /"((?:\\.|[^"\\])*)"(?:~\d*)?(?:\^[\d.]+)?/y
const RANGE = /([[{])\s*("[^"]*"|\S+)\s+TO\s+("[^"]*"|[^\s\]}]+)\s*([\]}])(?:\^[\d.]+)?/y
const MARKS: Readonly<Record<string, Token['kind']>> = { '(': '(', ')': ')', '+': 'must', '-': 'not', '!': 'not' }
const OPERATORS: Readonly<Record<string, Token['kind']>> = { AND: 'and', '&&': 'and', OR: 'or', '||': 'or', NOT: 'not' }

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1')

const at = (pattern: RegExp, text: string, from: number): RegExpExecArray | null => {
  pattern.lastIndex = from
  return pattern.exec(text)
}

/** One token and where it ends. */
const tokenAt = (text: string, from: number): readonly [Token, number] => {
  const field = at(FIELD, text, from)
  if (field) return [{ kind: 'field', text: field[1]! }, FIELD.lastIndex]
  if (text.startsWith('*:*', from)) return [{ kind: 'word', text: '*' }, from + 3]
  const quoted = at(QUOTED, text, from)
  if (quoted) return [{ kind: 'quoted', text: unescaped(quoted[1]!) }, QUOTED.lastIndex]
  const range = at(RANGE, text, from)
  if (range) return [{ kind: 'range', text: range[0] }, RANGE.lastIndex]
  const mark = MARKS[text[from]!]
  if (mark) return [{ kind: mark, text: text[from]! }, from + 1]
  const word = at(WORD, text, from)
  if (!word) throw badQuery(`cannot parse at ${from}: ${text.slice(from, from + 20)}`)
  const operator = OPERATORS[word[0]]
  return [{ kind: operator ?? 'word', text: word[0] }, WORD.lastIndex]
}

const tokensOf = (text: string): Token[] => {
  if (text.length > MAX_LENGTH) throw badQuery(`longer than ${MAX_LENGTH} characters`)
  if (text.trimStart().startsWith('{!')) throw badQuery('local parameters are not supported')
  const tokens: Token[] = []
  for (let from = 0; from < text.length; ) {
    if (/\s/.test(text[from]!)) {
      from += 1
      continue
    }
    const [token, end] = tokenAt(text, from)
    tokens.push(token)
    if (tokens.length > MAX_TOKENS) throw badQuery(`more than ${MAX_TOKENS} clauses`)
    from = end
  }
  return tokens
}

const boundOf = (text: string, isIn: boolean): Bound => ({ value: text.replace(/^"|"$/g, ''), isIn })

const rangeOf = (field: string, text: string): Query => {
  const [, open, from, to, close] = at(RANGE, text, 0)!
  return { is: 'range', field, from: boundOf(from!, open === '['), to: boundOf(to!, close === ']') }
}

const wordOf = (field: string, text: string): Query => {
  // A weight or a distance changes the order only, which is ours.
  const word = text.replace(/(?:\^[\d.]+|~[\d.]*)$/, '')
  if (word === '*') return field === TEXT ? { is: 'all' } : { is: 'term', field, value: '*', isPattern: true }
  return { is: 'term', field, value: unescaped(word), isPattern: /(?<!\\)[*?]/.test(word) }
}

/** Recursive descent: NOT binds before AND, AND before OR, and two clauses side by side are both wanted. */
class Reading {
  readonly #tokens: readonly Token[]
  #next = 0
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isDone(): boolean {
    return this.#next >= this.#tokens.length
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false
    this.#next += 1
    return true
  }

  either(field: string, depth: number): Query {
    if (depth > MAX_DEPTH) throw badQuery('too many brackets')
    const of = [this.#both(field, depth)]
    while (this.#take('or')) of.push(this.#both(field, depth))
    return of.length === 1 ? of[0]! : { is: 'or', of }
  }

  #both(field: string, depth: number): Query {
    const of: Query[] = []
    for (;;) {
      const kind = this.#tokens[this.#next]?.kind
      if (kind === undefined || kind === ')' || kind === 'or') break
      if (this.#take('and')) continue
      of.push(this.#clause(field, depth))
    }
    if (of.length === 0) throw badQuery('a clause is missing')
    return of.length === 1 ? of[0]! : { is: 'and', of }
  }

  #clause(field: string, depth: number): Query {
    if (depth > MAX_DEPTH) throw badQuery('nested too deeply')
    if (this.#take('must')) return this.#clause(field, depth + 1)
    if (this.#take('not')) return { is: 'not', of: this.#clause(field, depth + 1) }
    if (this.#take('(')) {
      const inner = this.either(field, depth + 1)
      if (!this.#take(')')) throw badQuery('a bracket is not closed')
      return inner
    }
    const token = this.#tokens[this.#next]
    if (!token) throw badQuery('a clause is missing')
    this.#next += 1
    if (token.kind === 'field') return this.#clause(token.text, depth + 1)
    if (token.kind === 'quoted') return { is: 'term', field, value: token.text, isPattern: false }
    if (token.kind === 'range') return rangeOf(field, token.text)
    if (token.kind === 'word') return wordOf(field, token.text)
    throw badQuery(`unexpected '${token.text}'`)
  }
}

export const parseQuery = (text: string): Query => {
  const tokens = tokensOf(text)
  if (tokens.length === 0) return { is: 'all' }
  const reading = new Reading(tokens)
  const query = reading.either(TEXT, 0)
  if (!reading.isDone) throw badQuery('a bracket is closed that was never opened')
  return query
}

const plainTerm = (value: string): Query => ({ is: 'term', field: TEXT, value, isPattern: false })
const isPlain = (one: Query): one is Query & { is: 'term' } => one.is === 'term' && one.field === TEXT && !one.isPattern

/** Words side by side are looked up together, so that one ranking covers them. */
const joinWords = (query: Query): Query => {
  if (query.is === 'or') return { is: 'or', of: query.of.map(joinWords) }
  if (query.is === 'not') return { is: 'not', of: joinWords(query.of) }
  if (query.is !== 'and') return query
  const words = query.of.filter(isPlain).map(({ value }) => value)
  const rest = query.of.filter((one) => !isPlain(one)).map(joinWords)
  return { is: 'and', of: words.length > 0 ? [plainTerm(words.join(' ')), ...rest] : rest }
}

/** What people type: where it is no query, it is words. */
export const parseTyped = (text: string): Query => {
  try {
    return joinWords(parseQuery(text))
  } catch {
    return plainTerm(text.slice(0, 200))
  }
}

export const textsOf = (query: Query): string[] => {
  if (query.is === 'and' || query.is === 'or') return query.of.flatMap(textsOf)
  if (query.is === 'not') return textsOf(query.of)
  return query.is === 'term' && query.field === TEXT ? [query.value] : []
}
