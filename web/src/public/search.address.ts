import type { SiteQuestion } from '@sanjiang/contract/site.search'

/** The address of a question; what would be taken for granted is left out. */
export const addressOf = ({ q, chosen, sort, from }: SiteQuestion): string => {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  for (const [facet, values] of Object.entries(chosen)) for (const value of values) params.append(facet, value)
  if (sort !== (q ? 'relevance' : 'newest')) params.set('sort', sort)
  if (from > 0) params.set('from', String(from))
  return params.size > 0 ? `/search?${params}` : '/search'
}

/** The same question with one value of a facet more or less, from its first page. */
export const toggled = (question: SiteQuestion, facet: string, code: string): SiteQuestion => {
  const before = question.chosen[facet] ?? []
  const values = before.includes(code) ? before.filter((one) => one !== code) : [...before, code]
  return { ...question, from: 0, chosen: { ...question.chosen, [facet]: values } }
}

export const withoutFacet = (question: SiteQuestion, facet: string): SiteQuestion => ({
  ...question,
  from: 0,
  chosen: { ...question.chosen, [facet]: [] },
})
