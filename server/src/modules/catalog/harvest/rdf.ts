import { JsonLdParser } from 'jsonld-streaming-parser'
import { Parser as TurtleParser } from 'n3'
import { RdfXmlParser } from 'rdfxml-streaming-parser'
import { knownContext } from './dcat.context.ts'
import { SourceFailure } from './failure.ts'
import { excerptOf } from './portrait.ts'
import { parseJsonText } from './text.ts'

interface Term {
  readonly termType: string
  readonly value: string
  readonly language?: string
}

/** As all three parsers give it. */
export interface Quad {
  readonly subject: Term
  readonly predicate: Term
  readonly object: Term
}

const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

/** Statements by subject and property: all a catalogue needs. */
export class Graph {
  readonly #values = new Map<string, Map<string, Term[]>>()

  add({ subject, predicate, object }: Quad): void {
    const id = subject.value
    const node = this.#values.get(id) ?? new Map<string, Term[]>()
    this.#values.set(id, node)
    const values = node.get(predicate.value) ?? []
    node.set(predicate.value, values)
    values.push(object)
  }

  has(subject: string): boolean {
    return this.#values.has(subject)
  }

  all(subject: string, predicate: string): readonly Term[] {
    return this.#values.get(subject)?.get(predicate) ?? []
  }

  typed(type: string): string[] {
    return [...this.#values]
      .filter(([, node]) => node.get(RDF_TYPE)?.some(({ value }) => value === type))
      .map(([id]) => id)
  }

  /** A subject as the source said it, for showing beside what we made of it. */
  show(subject: string): Record<string, unknown> {
    const node = this.#values.get(subject) ?? new Map<string, Term[]>()
    return {
      '@id': subject,
      ...Object.fromEntries(Array.from(node, ([key, terms]) => [key, terms.map(({ value }) => value)])),
    }
  }
}

export interface Parsed {
  readonly graph: Graph
  /** Where and why reading ended before the end of the text. */
  readonly torn: SourceFailure | null
}

type Syntax = 'turtle' | 'jsonld' | 'rdfxml'

const syntaxOf = (type: string, text: string): Syntax => {
  const media = type.split(';')[0]!.trim().toLowerCase()
  if (/turtle|n3|n-triples/.test(media)) return 'turtle'
  if (/rdf\+xml/.test(media)) return 'rdfxml'
  if (/json/.test(media)) return 'jsonld'
  // Labelled as something else, as files on plain web servers are.
  if (/^\s*[{[]/.test(text)) return 'jsonld'
  if (/^\s*(<\?xml|<rdf:RDF)/.test(text)) return 'rdfxml'
  if (/^\s*<(!doctype|html)/i.test(text))
    throw new SourceFailure('bad', '回答是网页而不是目录', { excerpt: excerptOf(text) })
  return 'turtle'
}

const tornAt = (text: string, error: Error & { context?: { line?: number } }): SourceFailure => {
  const line = error.context?.line ?? Number(/(?:line |^)(\d+)/.exec(error.message)?.[1] ?? 0)
  const at = text
    .split('\n')
    .slice(0, Math.max(0, line - 1))
    .join('\n').length
  const pointer = line > 0 ? `第 ${line} 行` : ''
  return new SourceFailure('bad', `${pointer || '文件'}起无法解析，其后未读：${error.message.slice(0, 200)}`, {
    pointer,
    excerpt: excerptOf(text, at),
    text: text.slice(at),
  })
}

interface QuadStream {
  on(event: 'data', listener: (quad: Quad) => void): QuadStream
  on(event: 'error', listener: (error: Error) => void): QuadStream
  on(event: 'end', listener: () => void): QuadStream
  end(text: string): void
}

const drain = (stream: QuadStream, text: string, graph: Graph): Promise<SourceFailure | null> =>
  new Promise((resolve) => {
    stream.on('data', (quad) => graph.add(quad))
    stream.on('error', (error) => resolve(tornAt(text, error)))
    stream.on('end', () => resolve(null))
    stream.end(text)
  })

const turtle = (text: string, baseIRI: string, graph: Graph): Promise<SourceFailure | null> =>
  new Promise((resolve) => {
    new TurtleParser({ baseIRI }).parse(text, (error, quad) => {
      if (error) resolve(tornAt(text, error))
      else if (quad) graph.add(quad)
      else resolve(null)
    })
  })

const documentLoader = {
  load: async (url: string) => {
    const context = knownContext(url)
    if (!context) throw new Error(`不取外部的 @context：${url}`)
    return context as never
  },
}

/** Reads a document in any of the three syntaxes; what stands before an error counts. */
export const parseRdf = async (text: string, { type, url }: { type: string; url: string }): Promise<Parsed> => {
  const graph = new Graph()
  const syntax = syntaxOf(type, text)
  if (syntax === 'turtle') return { graph, torn: await turtle(text, url, graph) }
  if (syntax === 'rdfxml') {
    // The parser reads no external entities and this one no declarations at all.
    if (/<!(DOCTYPE|ENTITY)/i.test(text.slice(0, 10_000)) && /<!ENTITY/i.test(text))
      throw new SourceFailure('bad', 'XML 中有实体声明，不予读取', { excerpt: excerptOf(text) })
    const parser = new RdfXmlParser({ baseIRI: url, trackPosition: true })
    return { graph, torn: await drain(parser as unknown as QuadStream, text, graph) }
  }
  parseJsonText(text)
  const parser = new JsonLdParser({ baseIRI: url, documentLoader })
  return { graph, torn: await drain(parser as unknown as QuadStream, text, graph) }
}
