declare module 'n3' {
  import type { Quad } from './rdf.ts'
  export class Parser {
    constructor(options?: { readonly baseIRI?: string; readonly format?: string })
    parse(text: string): Quad[]
    parse(text: string, callback: (error: Error | null, quad: Quad | null) => void): void
  }
  export class Store {
    constructor(quads: Iterable<Quad>)
    readonly size: number
    add(quad: Quad): void
    getObjects(subject: string | null, predicate: string | null, graph: null): { readonly value: string }[]
    getSubjects(predicate: string | null, object: string | null, graph: null): { readonly value: string }[]
  }
}
