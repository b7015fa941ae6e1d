export * from './sharing.correction.ts'
export * from './sharing.grant.ts'
export * from './sharing.request.ts'
export * from './sharing.terms.ts'
