export const OPEN_WORDS = { unconditional: '直接使用', conditional: '申请后使用' } as const

export const LICENCE_WORDS = {
  open: '公共数据开放许可：注明来源即可使用',
  attribution_sharealike: '注明来源，以相同许可再提供',
  conditional: '有条件开放：按协议使用',
} as const

export const CYCLE_WORDS: Readonly<Record<string, string>> = {
  realtime: '实时更新',
  daily: '按日更新',
  weekly: '按周更新',
  monthly: '按月更新',
  quarterly: '按季更新',
  half_yearly: '每半年更新',
  yearly: '按年更新',
  irregular: '不定期更新',
  none: '不再更新',
}

export const TYPE_WORDS: Readonly<Record<string, string>> = {
  C: '文字',
  N: '数值',
  Y: '金额',
  D: '日期',
  T: '日期和时间',
  L: '是或否',
  M: '长文字',
  G: '其他',
  B: '数值',
  I: '整数',
  F: '数值',
}
