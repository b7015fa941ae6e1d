declare module 'n3' {
  import type { Quad } from './rdf.ts'
  export class Parser {
    constructor(options?: { readonly baseIRI?: string; readonly format?: string })
    parse(text: string): Quad[]
    parse(text: string, callback: (error: Error | null, quad: Quad | null) => void): void
  }
}
