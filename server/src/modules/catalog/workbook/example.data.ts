import type { Item, ResourceContent } from '@sanjiang/contract/catalog'

// Two entries as they should be filled in: a table that is shared on conditions, and files that everybody may have.

const item = (name: string, name_en: string, more: Partial<Item>): Item => ({
  item_id: '',
  seq: 0,
  name,
  name_en,
  data_type: 'C',
  length: 50,
  is_key: false,
  is_required: false,
  share_type: 'conditional',
  share_condition: null,
  withheld_basis: null,
  open_type: 'closed',
  sensitivity: 'L2',
  mask_rule: 'none',
  data_element: null,
  ...more,
})

const MARRIAGE: ResourceContent = {
  class_code: '101007',
  name: '婚姻登记信息',
  name_en: 'marriage registration',
  provider_organ_id: '',
  inner_dept: '社会事务处',
  summary: '全省婚姻登记机关办理的结婚、离婚登记，含登记日期、登记机关和双方身份信息',
  source_system_name: '婚姻登记管理系统',
  format_category: 'database',
  format_type: 'MySQL',
  format_note: null,
  share_type: 'conditional',
  share_condition: '用于核验婚姻状况的政务服务事项，须注明事项和办件编号',
  share_basis: null,
  share_method_category: 'platform',
  share_method_type: 'api',
  open_type: 'closed',
  open_condition: null,
  update_cycle: 'daily',
  related_codes: [],
  keywords: ['婚姻', '结婚登记'],
  audience: 'all',
  census: {
    total_storage_gb: 12.5,
    structured_rows_10k: 138.2,
    shared_storage_gb: 2,
    shared_rows_10k: 40,
    open_storage_gb: 0,
    open_rows_10k: 0,
  },
  items: [
    item('登记证字号', 'certificate_no', { length: 30, is_key: true, is_required: true }),
    item('男方身份证件号码', 'husband_id_no', { length: 18, sensitivity: 'L3', mask_rule: 'citizen_id' }),
    item('登记日期', 'registered_on', { data_type: 'D', length: 10 }),
  ],
}

const DIRECTORY: ResourceContent = {
  ...MARRIAGE,
  class_code: '201001',
  name: '婚姻登记机关名录',
  name_en: 'marriage registry offices',
  summary: '全省婚姻登记机关的名称、地址、办公电话和服务时间',
  source_system_name: null,
  format_category: 'spreadsheet',
  format_type: 'xlsx',
  share_type: 'unconditional',
  share_condition: null,
  share_method_type: 'file',
  open_type: 'unconditional',
  update_cycle: 'yearly',
  keywords: ['婚姻登记', '名录'],
  census: {
    total_storage_gb: 0.01,
    structured_rows_10k: 0.01,
    shared_storage_gb: 0.01,
    shared_rows_10k: 0.01,
    open_storage_gb: 0.01,
    open_rows_10k: 0.01,
  },
  items: [
    item('机关名称', 'office_name', {
      length: 100,
      share_type: 'unconditional',
      open_type: 'unconditional',
      sensitivity: 'L1',
    }),
    item('办公电话', 'telephone', {
      length: 20,
      share_type: 'unconditional',
      open_type: 'unconditional',
      sensitivity: 'L1',
    }),
  ],
}

export const EXAMPLES: readonly ResourceContent[] = [MARRIAGE, DIRECTORY]
