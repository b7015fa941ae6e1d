/** Statements to be told: nodes with names or without, written as Turtle or JSON-LD. */
export type Value =
  | { readonly iri: string }
  | { readonly text: string; readonly lang?: string; readonly type?: string }
  | RdfNode

export interface RdfNode {
  /** Without one it stands where it is used. */
  readonly id?: string
  /** Compact names, as of properties. */
  readonly types: readonly string[]
  readonly props: Readonly<Record<string, Value | readonly Value[] | undefined>>
}

export const PREFIXES: Readonly<Record<string, string>> = {
  adms: 'http://www.w3.org/ns/adms#',
  as: 'https://www.w3.org/ns/activitystreams#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  dqv: 'http://www.w3.org/ns/dqv#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  hydra: 'http://www.w3.org/ns/hydra/core#',
  owl: 'http://www.w3.org/2002/07/owl#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  spdx: 'http://spdx.org/rdf/terms#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
}

export const iri = (value: string): Value => ({ iri: value })
export const zh = (text: string): Value => ({ text, lang: 'zh' })
export const plain = (text: string): Value => ({ text })
export const typed = (text: string | number, type: string): Value => ({ text: String(text), type: `xsd:${type}` })

/** A document of nodes, each named node once: who describes first is kept. */
export class RdfDocument {
  readonly #nodes = new Map<string, RdfNode>()

  put(node: RdfNode & { readonly id: string }): Value {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node)
    return { iri: node.id }
  }

  get nodes(): Iterable<RdfNode> {
    return this.#nodes.values()
  }
}

const isNode = (value: Value): value is RdfNode => 'types' in value
const listOf = (value: Value | readonly Value[] | undefined): readonly Value[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Value[]) : [value as Value]

// RFC 3987 leaves these out; Turtle's IRIREF as well.
const NOT_IN_IRI = /[\p{Cc} <>"{}|^`\\]/gu
const safeIri = (value: string): string => value.replace(NOT_IN_IRI, (char) => encodeURIComponent(char))

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (char: string): string => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
const quoted = (text: string): string => `"${text.toWellFormed().replace(/[\\"]|\p{Cc}/gu, escaped)}"`

const turtleValue = (value: Value, indent: string): string => {
  if (isNode(value)) return `[${turtleBody(value, `${indent}  `)} ]`
  if ('iri' in value) return `<${safeIri(value.iri)}>`
  const suffix = value.lang ? `@${value.lang}` : value.type ? `^^${value.type}` : ''
  return quoted(value.text) + suffix
}

const turtleBody = ({ types, props }: RdfNode, indent: string): string => {
  const lines = types.length > 0 ? [` a ${types.join(', ')}`] : []
  for (const [name, value] of Object.entries(props)) {
    const values = listOf(value)
    if (values.length > 0) lines.push(` ${name} ${values.map((one) => turtleValue(one, indent)).join(', ')}`)
  }
  return lines.join(` ;\n${indent}`)
}

export const toTurtle = ({ nodes }: RdfDocument): string => {
  const prefixes = Object.entries(PREFIXES).map(([name, value]) => `@prefix ${name}: <${value}> .`)
  const body = [...nodes].map((node) => `<${safeIri(node.id!)}>${turtleBody(node, '  ')} .`)
  return `${[...prefixes, '', ...body].join('\n')}\n`
}

const jsonValue = (value: Value): unknown => {
  if (isNode(value)) return jsonNode(value)
  if ('iri' in value) return { '@id': safeIri(value.iri) }
  const { text, lang, type } = value
  return lang ? { '@value': text, '@language': lang } : type ? { '@value': text, '@type': type } : text
}

const jsonNode = ({ id, types, props }: RdfNode): Record<string, unknown> => ({
  ...(id ? { '@id': safeIri(id) } : {}),
  ...(types.length > 0 ? { '@type': types.length === 1 ? types[0] : types } : {}),
  ...Object.fromEntries(
    Object.entries(props).flatMap(([name, value]) => {
      const values = listOf(value).map(jsonValue)
      return values.length === 0 ? [] : [[name, values.length === 1 ? values[0] : values]]
    }),
  ),
})

/** The context stands in the document: nobody has to fetch one. */
export const toJsonLd = ({ nodes }: RdfDocument): string =>
  JSON.stringify({ '@context': PREFIXES, '@graph': [...nodes].map(jsonNode) })
