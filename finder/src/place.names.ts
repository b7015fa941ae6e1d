import { codes } from '@sanjiang/contract'

const NATIONS =
  /(?:蒙古族|藏族|回族|土族|撒拉族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|傣族|黎族|傈僳族|佤族|东乡族|纳西族|羌族|各族)+(?=自治)/
// Divisions as they stood before and after the changes the codes know.
const DATES = ['2017-10-31', '2018-12-31', '2030-01-01']

/** 海西蒙古族藏族自治州 is also 海西州 and 海西; 城东区 also 城东. */
export const namesOfDivision = (name: string): string[] => {
  const short = name.replace(NATIONS, '').replace('自治', '').replace('行政委员会', '行委')
  const bare = short.replace(/(?:行委|[市州县区])$/, '')
  return [...new Set([name, short, ...(bare.length > 1 ? [bare] : [])])]
}

const isBelow = (code: string, top: string): boolean => code.startsWith(top.replace(/00$/, ''))

const divisions = [...new Map(DATES.flatMap((date) => codes.divisionsAt(date)).map((one) => [one.code, one])).values()]

/** Name of a place → beginnings of the codes of all that lie in it, or that became it. The province is everywhere. */
const places: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>()
  for (const { code, name, level } of divisions) {
    if (level === 'province') continue
    const before = divisions.filter((one) => codes.successorOf(one.code)?.code === code).map((one) => one.code)
    const after = codes.successorOf(code)?.code
    for (const one of namesOfDivision(name)) {
      const list = found.get(one) ?? []
      list.push(code, ...before, ...(after ? [after] : []))
      found.set(one, list)
    }
  }
  return found
})()

/** Whether an organ of this division is of the place named: 西宁 is its districts too. */
export const liesIn = (division: string, name: string): boolean =>
  places.get(name)?.some((top) => isBelow(division, top)) ?? false

export const isPlace = (name: string): boolean => places.has(name)

const findNamesAround = (division: string): string[] =>
  divisions
    .filter(({ code, level }) => level === 'province' || isBelow(division, code))
    .flatMap(({ name }) => namesOfDivision(name))
    .toSorted((a, b) => b.length - a.length)

const around = new Map<string, string[]>()
/** Names an entry's own name may begin with, the longest first: its place and those around it. */
export const namesAround = (division: string): string[] => {
  const known = around.get(division)
  if (known) return known
  const names = findNamesAround(division)
  around.set(division, names)
  return names
}
