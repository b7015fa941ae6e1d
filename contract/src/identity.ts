/** Who is who: organs, people, their sessions, the applications that call. */
export * from './identity.client.ts'
export * from './identity.organ.ts'
export * from './identity.person.ts'
export * from './identity.session.ts'
export { CLIENT_STATES, ORGAN_KINDS, OrganId, PERSON_STATES, RoleCode, SUCCESSION_KINDS } from './identity.terms.ts'
