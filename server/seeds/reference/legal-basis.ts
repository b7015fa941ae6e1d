/**
 * Laws that may carry a refusal to share (国发〔2016〕51号 第十条: law, administrative regulation, or a policy of the Party's centre or the
 * State Council). Titles are real; clause numbers are as in force in 2017 and not compared with the printed text (`verified: false`).
 */
export type LegalBasisKind = 'law' | 'administrative_regulation' | 'central_policy'

export interface LegalBasis {
  key: string
  kind: LegalBasisKind
  title: string
  clause: string
  document_no: string
  verified: false
}

type Row = readonly [key: string, kind: LegalBasisKind, title: string, clause: string, document_no: string]

const ROWS: readonly Row[] = [
  ['state_secrets', 'law', '中华人民共和国保守国家秘密法', '第九条', '主席令第二十八号（2010）'],
  ['identity_card', 'law', '中华人民共和国居民身份证法', '第六条', '主席令第四号（2003）'],
  ['statistics', 'law', '中华人民共和国统计法', '第二十五条', '主席令第十五号（2009）'],
  ['tax_administration', 'law', '中华人民共和国税收征收管理法', '第八条', '主席令第四十九号（2001）'],
  ['infectious_disease', 'law', '中华人民共和国传染病防治法', '第十二条', '主席令第十七号（2004）'],
  ['mental_health', 'law', '中华人民共和国精神卫生法', '第四条', '主席令第六十二号（2012）'],
  ['commercial_bank', 'law', '中华人民共和国商业银行法', '第二十九条', '主席令第四十七号（1995）'],
  ['minors', 'law', '中华人民共和国未成年人保护法', '第五十八条', '主席令第六十号（2006）'],
  ['adoption', 'law', '中华人民共和国收养法', '第二十二条', '主席令第十号（1998）'],
  ['audit', 'law', '中华人民共和国审计法', '第十四条', '主席令第四十八号（2006）'],
  ['surveying', 'law', '中华人民共和国测绘法', '第三十四条', '主席令第六十七号（2017）'],
  ['civil_air_defence', 'law', '中华人民共和国人民防空法', '第八条', '主席令第七十八号（1996）'],
  ['national_security', 'law', '中华人民共和国国家安全法', '第七十七条', '主席令第二十九号（2015）'],
  ['cybersecurity', 'law', '中华人民共和国网络安全法', '第四十五条', '主席令第五十三号（2016）'],
  ['supervision_organ', 'law', '中华人民共和国行政监察法', '第六条', '主席令第三十一号（2010）'],
  ['criminal_procedure', 'law', '中华人民共和国刑事诉讼法', '第二百七十五条', '主席令第五十五号（2012）'],
  ['physician', 'law', '中华人民共和国执业医师法', '第二十二条', '主席令第五号（1998）'],
  ['wild_animals', 'law', '中华人民共和国野生动物保护法', '第十一条', '主席令第四十七号（2016）'],
  ['drug_treatment', 'administrative_regulation', '戒毒条例', '第七条', '国务院令第597号'],
  ['hiv', 'administrative_regulation', '艾滋病防治条例', '第三十九条', '国务院令第457号'],
  ['letters_visits', 'administrative_regulation', '信访条例', '第二十三条', '国务院令第431号'],
  ['credit_reporting', 'administrative_regulation', '征信业管理条例', '第十四条', '国务院令第631号'],
  ['survey_results', 'administrative_regulation', '中华人民共和国测绘成果管理条例', '第十六条', '国务院令第469号'],
  [
    'information_disclosure',
    'administrative_regulation',
    '中华人民共和国政府信息公开条例',
    '第十四条',
    '国务院令第492号',
  ],
  ['grain_reserve', 'administrative_regulation', '中央储备粮管理条例', '第五条', '国务院令第388号'],
  [
    'secrets_implementation',
    'administrative_regulation',
    '中华人民共和国保守国家秘密法实施条例',
    '第五条',
    '国务院令第646号',
  ],
  ['commercial_cipher', 'administrative_regulation', '商用密码管理条例', '第三条', '国务院令第273号'],
  ['earthquake_forecast', 'administrative_regulation', '地震预报管理条例', '第十五条', '国务院令第255号'],
  ['sharing_measures', 'central_policy', '政务信息资源共享管理暂行办法', '第十条', '国发〔2016〕51号'],
  ['archives', 'law', '中华人民共和国档案法', '第十九条', '主席令第七十一号（1996）'],
]

export const legalBases: readonly LegalBasis[] = ROWS.map(([key, kind, title, clause, document_no]) => ({
  key,
  kind,
  title,
  clause,
  document_no,
  verified: false,
}))

const byKey = new Map(legalBases.map((basis) => [basis.key, basis]))

/** A basis by its key, or a plain error. */
export const legalBasisOf = (key: string): LegalBasis => {
  const found = byKey.get(key)
  if (!found) throw new Error(`no legal basis ${key} in the seeds`)
  return found
}
