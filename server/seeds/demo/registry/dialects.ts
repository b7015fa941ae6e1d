/**
 * The departments' own field names, by the catalogue item each one answers for. Police keep to the public security industry's names,
 * commerce and social security to their ministries' data standards, the others to whatever their supplier chose.
 */
export type Mapping = readonly (readonly [item: string, provider_field: string])[]

export const POLICE: Mapping = [
  ['citizen_id', 'GMSFHM'],
  ['person_name', 'XM'],
  ['former_name', 'CYM'],
  ['sex', 'XBDM'],
  ['nation', 'MZDM'],
  ['birth_on', 'CSRQ'],
  ['birth_place', 'CSDXZ'],
  ['native_place', 'JGSSXDM'],
  ['registered_address', 'HJDZ'],
  ['household_no', 'HH'],
  ['relation_to_head', 'YHZGXDM'],
  ['marital_status', 'HYZKDM'],
  ['education_level', 'XLDM'],
  ['mobile', 'LXDH'],
  ['police_station', 'SSPCS'],
  ['moved_in_on', 'QRRQ'],
  ['is_deceased', 'SWBS'],
  ['household_kind', 'HKLBDM'],
]

export const COMPANY: Mapping = [
  ['credit_code', 'UNISCID'],
  ['company_name', 'ENTNAME'],
  ['company_kind', 'ENTTYPE'],
  ['legal_representative', 'LEREP'],
  ['legal_representative_id', 'CERNO'],
  ['registered_capital', 'REGCAP'],
  ['currency', 'REGCAPCUR'],
  ['established_on', 'ESTDATE'],
  ['term_from', 'OPFROM'],
  ['term_to', 'OPTO'],
  ['registered_office', 'DOM'],
  ['business_scope', 'OPSCOPE'],
  ['industry_code', 'INDUSTRYCO'],
  ['registration_organ', 'REGORG'],
  ['registration_status', 'REGSTATE'],
  ['checked_on', 'APPRDATE'],
]

export const MEDICAL: Mapping = [
  ['social_security_no', 'aac002'],
  ['person_name', 'aac003'],
  ['insurance_kind', 'aae140'],
  ['insured_unit', 'aab004'],
  ['insured_on', 'aac049'],
  ['insurance_status', 'aac031'],
  ['contribution_base', 'aae180'],
  ['entitled_from', 'aae030'],
  ['entitled_to', 'aae031'],
  ['has_remote_filing', 'aka130'],
  ['agency', 'aae036'],
]

export const PENSION: Mapping = [
  ['social_security_no', 'aac002'],
  ['person_name', 'aac003'],
  ['insured_unit', 'aab004'],
  ['credit_code', 'aab003'],
  ['insured_on', 'aac049'],
  ['insurance_status', 'aac008'],
  ['contribution_base', 'aae180'],
  ['paid_months', 'aae201'],
  ['account_balance', 'aae238'],
  ['last_paid_month', 'aae002'],
  ['agency', 'aae036'],
]

export const PUPIL: Mapping = [
  ['student_no', 'xjh'],
  ['person_name', 'xm'],
  ['citizen_id', 'sfzjh'],
  ['sex', 'xbm'],
  ['nation', 'mzm'],
  ['school_name', 'xxmc'],
  ['school_code', 'xxbsm'],
  ['grade', 'nj'],
  ['class_name', 'bj'],
  ['enrolled_on', 'rxny'],
  ['attendance_mode', 'jdfs'],
  ['is_left_behind', 'sflset'],
  ['is_migrant_child', 'sfsqzn'],
  ['guardian_name', 'jhrxm'],
  ['guardian_phone', 'jhrdh'],
  ['enrolment_status', 'xjzt'],
]

export const DIPLOMA: Mapping = [
  ['certificate_code', 'zsbh'],
  ['person_name', 'xm'],
  ['citizen_id', 'zjhm'],
  ['graduated_school', 'yxmc'],
  ['major', 'zymc'],
  ['degree', 'cc'],
  ['graduated_on', 'byrq'],
  ['study_form', 'xxxs'],
  ['certificate_status', 'zszt'],
]

export const MARRIAGE: Mapping = [
  ['registration_no', 'djzh'],
  ['registration_kind', 'djlb'],
  ['husband_name', 'nfxm'],
  ['husband_citizen_id', 'nfsfzh'],
  ['husband_nationality', 'nfgj'],
  ['wife_name', 'nvfxm'],
  ['wife_citizen_id', 'nvfsfzh'],
  ['wife_nationality', 'nvfgj'],
  ['registered_on', 'djrq'],
  ['registration_organ', 'djjg'],
  ['registrar', 'djy'],
  ['print_no', 'zjyzh'],
]

const CORE_ITEMS = new Set(['citizen_id', 'person_name', 'sex', 'nation', 'birth_on', 'is_deceased'])
/** 六项核: what every department may have of a person. */
export const POLICE_CORE = POLICE.filter(([item]) => CORE_ITEMS.has(item))

const PERSONAL_ITEMS = new Set(['legal_representative_id', 'currency', 'term_from', 'term_to'])
export const COMPANY_CORE = COMPANY.filter(([item]) => !PERSONAL_ITEMS.has(item))
