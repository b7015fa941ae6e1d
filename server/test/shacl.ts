import { readFile } from 'node:fs/promises'
import { JsonLdParser } from 'jsonld-streaming-parser'
import { Parser, Store } from 'n3'
import SHACLValidator from 'rdf-validate-shacl'

const SHAPES = new URL('./dcat-ap-shapes/', import.meta.url)

export const readTurtle = (text: string): Store => new Store(new Parser().parse(text))

export const readJsonLd = (text: string): Promise<Store> =>
  new Promise((resolve, reject) => {
    const store = new Store([])
    const parser = new JsonLdParser()
    parser.on('data', (quad) => store.add(quad))
    parser.on('error', reject)
    parser.on('end', () => resolve(store))
    parser.end(text)
  })

export interface Violation {
  readonly focus: string
  readonly path: string
  readonly message: string
}

/** What a document offends of a shapes file of DCAT-AP. */
export const violationsOf = async (data: Store, shapes: string): Promise<Violation[]> => {
  const parsed = readTurtle(await readFile(new URL(shapes, SHAPES), 'utf8'))
  const report = await new SHACLValidator(parsed as never).validate(data as never)
  return report.results.map(({ focusNode, path, message }) => ({
    focus: String(focusNode?.value),
    path: String((path as { value?: string } | null)?.value),
    message: message.map(({ value }) => value).join('; '),
  }))
}
