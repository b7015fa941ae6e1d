import type { TodoKind } from '@sanjiang/contract/inbox'

const PAGES: Record<string, (id: string) => string> = {
  'sharing.request': (id) => `/sharing/requests/${id}`,
  'sharing.grant': (id) => `/sharing/grants/${id}`,
  'sharing.demand': (id) => `/sharing/demands/${id}`,
  'sharing.duty': (id) => `/sharing/duties/${id}`,
  'sharing.correction': (id) => `/sharing/corrections/${id}`,
  'exchange.agent': (id) => `/exchange/agents/${id}`,
  'exchange.feed': (id) => `/exchange/feeds/${id}`,
  'exchange.reject': (id) => `/exchange/feeds/${id}?tab=rejects`,
  'exchange.subscription': (id) => `/exchange/subscriptions/${id}`,
  'opendata.application': (id) => `/opendata/applications/${id}`,
  'opendata.inquiry': (id) => `/opendata/inquiries/${id}`,
  'opendata.release': (id) => `/opendata/releases/${id}`,
  'opendata.edition': (id) => `/opendata/editions/${id}`,
  'opendata.source': () => '/opendata/sources',
  'catalog.lead': (id) => `/catalog/leads/${id}`,
  'catalog.resource': (id) => `/catalog/resources/${id}`,
  // standard.version.organ
  'catalog.transition': (id) => `/catalog/transition?organ=${id.split('.').at(-1)}`,
}

/** Where the page of a matter is; features find each other by address only. */
export const pathOfSubject = (kind: string, id: string): string => PAGES[kind]?.(id) ?? '/'

/** Where the work itself is done, which for a catalogue entry depends on what is to be done. */
export const pathOfTodo = (kind: TodoKind, subjectKind: string, id: string): string => {
  if (kind === 'resource_review' || kind === 'resource_publish') return `/catalog/resources/${id}/review`
  if (kind === 'resource_mend') return `/catalog/resources/${id}/edit`
  return pathOfSubject(subjectKind, id)
}
