export * from './catalog.compile.ts'
export * from './catalog.resource.ts'
export * from './catalog.search.ts'
export * from './catalog.standard.ts'
