import type { NormDetail, NormField, NormKind, NormLinkKind } from '@sanjiang/contract/catalog'
import { RULE_CODES, ruleVersions } from '@sanjiang/contract/codes'
import { legalBases } from './legal-basis.ts'
import { type ClauseSeed, NORMS, type NormSeed } from './norms.data.ts'

type Norm = NormDetail['norm']
export type ReferenceNorm = Pick<Norm, 'norm_id' | 'title' | 'document_no' | 'kind' | 'field' | 'issuer'> &
  Pick<Norm, 'issued_on' | 'effective_on' | 'abolished_on' | 'url' | 'summary' | 'verified'> & {
    readonly replaces: string | null
    readonly clauses: readonly {
      readonly clause: string
      readonly text: string
      readonly removed_on: null
      readonly links: readonly { readonly kind: NormLinkKind; readonly target: string }[]
    }[]
  }

const linksOf = (links: string) =>
  links
    .split(' ')
    .filter(Boolean)
    .flatMap((group) => {
      const [kind = '', targets = ''] = group.split(':')
      return targets.split(',').map((target) => ({ kind: kind as NormLinkKind, target }))
    })

const clauseOf = ([clause, text, links]: ClauseSeed) => ({ clause, text, removed_on: null, links: linksOf(links) })

const normOf = ([
  norm_id,
  title,
  document_no,
  kind,
  field,
  issuer,
  dates,
  summary,
  clauses,
  more,
]: NormSeed): ReferenceNorm => {
  const [issued_on, effective_on, abolished_on] = dates.map((date) => date || null) as [
    string | null,
    string | null,
    string | null,
  ]
  return {
    norm_id,
    title,
    document_no,
    kind: kind as NormKind,
    field: field as NormField,
    issuer,
    issued_on,
    effective_on,
    abolished_on,
    replaces: more?.replaces ?? null,
    url: '',
    summary,
    verified: more?.verified ?? false,
    clauses: clauses.map(clauseOf),
  }
}

const ISSUERS = {
  law: '全国人民代表大会及其常务委员会',
  administrative_regulation: '国务院',
  central_policy: '党中央、国务院',
} as const

/** Laws that carry refusals are documents of the library too, so that their end shows what rests on them. */
const basisNorms = (): ReferenceNorm[] =>
  legalBases
    .filter(({ document_no }) => !NORMS.some((norm) => norm[2] === document_no))
    .map(({ key, kind, title, clause, document_no }) => ({
      norm_id: `basis-${key.replaceAll('_', '-')}`,
      title,
      document_no,
      kind,
      field: 'institution',
      issuer: ISSUERS[kind],
      issued_on: null,
      effective_on: null,
      abolished_on: null,
      replaces: null,
      url: '',
      summary: '可作不予共享的依据；条号按 2017 年施行文本，未与原文核对。',
      verified: false,
      clauses: [{ clause, text: '', removed_on: null, links: [{ kind: 'legal_basis', target: key }] }],
    }))

const AGREED = '项目约定'

/** Days that no document gives are the platform's own rule, and say so. */
const agreedNorm = (): ReferenceNorm => {
  const agreed = RULE_CODES.flatMap((code) => {
    const rule = ruleVersions(code).find(({ clause }) => clause.includes(AGREED))
    return rule ? [{ code, rule }] : []
  })
  return {
    norm_id: 'platform-days',
    title: '平台办理时限约定',
    document_no: '',
    kind: 'platform_rule',
    field: 'institution',
    issuer: '青海省人民政府电子政务办公室',
    issued_on: null,
    effective_on: null,
    abolished_on: null,
    replaces: null,
    url: '',
    summary: '上位文件没有给出天数的环节，由平台约定工作日数；上位文件作出规定后按其修改。',
    verified: false,
    clauses: agreed.map(({ code, rule }) => ({
      clause: rule.title,
      text: `${rule.days} 个工作日。${rule.clause}`,
      removed_on: null,
      links: [{ kind: 'clock_rule', target: code }],
    })),
  }
}

export const norms: readonly ReferenceNorm[] = [...NORMS.map(normOf), agreedNorm(), ...basisNorms()]
