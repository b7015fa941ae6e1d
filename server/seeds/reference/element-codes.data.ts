import type { EnumRow } from './standard-1272.ts'

/**
 * Code lists of national standards that catalogue items name as their data element (domain §5). Only lists known whole stand here: a
 * code that is missing would turn good rows away. Taken from general knowledge of the standards, not compared with the print (未核).
 */
const listOf = (element: string, rows: string): EnumRow[] =>
  rows.split(' ').map((row): EnumRow => {
    const [code = '', title = ''] = row.split('=')
    return [element, code, title, code, '']
  })

const NATIONS =
  '汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族'

export const ELEMENT_CODES: readonly EnumRow[] = [
  ...listOf('GB/T 2261.1', '0=未知的性别 1=男性 2=女性 9=未说明的性别'),
  ...listOf('GB/T 2261.2', '10=未婚 20=已婚 21=初婚 22=再婚 23=复婚 30=丧偶 40=离婚 90=未说明的婚姻状况'),
  ...NATIONS.split(' ').map((title, at): EnumRow => {
    const code = String(at + 1).padStart(2, '0')
    return ['GB/T 3304', code, title, code, '']
  }),
  ...listOf('GB/T 3304', '97=其他 98=外国血统中国籍人士'),
  ...listOf(
    'GB/T 4762',
    '01=中国共产党党员 02=中国共产党预备党员 03=中国共产主义青年团团员 04=民革会员 05=民盟盟员 06=民建会员 07=民进会员 08=农工党党员 09=致公党党员 10=九三学社社员 11=台盟盟员 12=无党派人士 13=群众',
  ),
]
