import { pick, weighted } from '../random.ts'

/** Nations of GB/T 3304 that live in Qinghai, with their part of the population of 2010 (rounded). */
const NATIONS: readonly (readonly [nation: string, weight: number])[] = [
  ['01', 53], // 汉
  ['04', 24], // 藏
  ['03', 15], // 回
  ['30', 3.6], // 土
  ['35', 1.9], // 撒拉
  ['02', 1.8], // 蒙古
]

/** In the six autonomous prefectures of the south and west Tibetans are the majority. */
const TIBETAN_MAJORITY: readonly (readonly [nation: string, weight: number])[] = [
  ['04', 82],
  ['01', 12],
  ['03', 4],
  ['02', 2],
]

const HAN_SURNAMES =
  '王李张刘陈杨马赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴'
const HUI_SURNAMES = '马马马冶韩沙白丁苏金哈喇'
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文武建国海青山川雪莲春梅永生志宏福德祥瑞昌庆云龙凤'
const HUI_GIVEN = [
  '麦尔燕',
  '哈力',
  '阿米乃',
  '尕沙',
  '穆萨',
  '索菲亚',
  '尤努斯',
  '海迪彻',
  '主麻',
  '赛米',
  '依布拉',
  '法图麦',
]
const TIBETAN = [
  '扎西',
  '卓玛',
  '才让',
  '索南',
  '多杰',
  '仁青',
  '央宗',
  '旦增',
  '尼玛',
  '达娃',
  '白玛',
  '格桑',
  '拉毛',
  '加央',
  '桑杰',
  '措毛',
  '关却',
  '先巴',
  '完玛',
  '吉太',
  '南杰',
  '东智',
  '项秀',
  '华旦',
  '更登',
  '羊措',
  '周毛',
  '切羊',
  '娘吉',
  '三智',
]
const MONGOL = ['巴图', '乌兰', '其木格', '那木吉', '斯琴', '苏和', '朝鲁', '娜仁', '哈斯', '道尔吉', '敖登', '格日勒']

export const nationOf = (division_code: string, next: () => number): string =>
  weighted(next(), /^63(23|25|26|27)/.test(division_code) ? TIBETAN_MAJORITY : NATIONS)

export const surnameOf = (nation: string, next: () => number): string => {
  if (nation === '04' || nation === '02') return ''
  return pick(next, [...(nation === '03' || nation === '35' ? HUI_SURNAMES : HAN_SURNAMES)])
}

/** A name such as people of that nation bear; Tibetans and Mongols have no surname. */
export const nameOf = (nation: string, surname: string, next: () => number): string => {
  if (nation === '04') return pick(next, TIBETAN) + (next() < 0.85 ? pick(next, TIBETAN) : '')
  if (nation === '02') return pick(next, MONGOL) + (next() < 0.3 ? pick(next, MONGOL) : '')
  if ((nation === '03' || nation === '35') && next() < 0.4) return surname + pick(next, HUI_GIVEN)
  const given = [...GIVEN]
  return surname + pick(next, given) + (next() < 0.7 ? pick(next, given) : '')
}
