/** Whom every page names as responsible (599号: 共享交换平台由省政府电子政务办公室会同省发展改革委建设). */
export const OFFICE = {
  product: '三江',
  subtitle: '政务数据共享门户',
  responsible: '省政府电子政务办公室',
  upkeep: '省信息中心',
  phone: '12345',
} as const
