/**
 * Qinghai's divisions as they stood at the end of 2017 (domain: GB/T 2260 in the statistics bureau's edition of 2017-10-31), with the
 * short name people use. Dated changes after 2017 live in the contract's division codes; here they only matter for organs' successors.
 */
export interface Region {
  code: string
  name: string
  short_name: string
  parent_code: string | null
  level: 'province' | 'prefecture' | 'county'
  /** Resident population in 10,000, rounded from the 2010 census; weights of the demo province, not a statistic to quote. */
  population_10k: number
}

type Row = readonly [code: string, name: string, short_name: string, population_10k: number]

const PREFECTURES: readonly Row[] = [
  ['630100', '西宁市', '西宁市', 220.9],
  ['630200', '海东市', '海东市', 139.7],
  ['632200', '海北藏族自治州', '海北州', 27.3],
  ['632300', '黄南藏族自治州', '黄南州', 25.7],
  ['632500', '海南藏族自治州', '海南州', 44.2],
  ['632600', '果洛藏族自治州', '果洛州', 18.2],
  ['632700', '玉树藏族自治州', '玉树州', 37.8],
  ['632800', '海西蒙古族藏族自治州', '海西州', 48.9],
]

const COUNTIES: readonly Row[] = [
  ['630102', '城东区', '城东区', 36.0],
  ['630103', '城中区', '城中区', 29.7],
  ['630104', '城西区', '城西区', 24.2],
  ['630105', '城北区', '城北区', 29.9],
  ['630121', '大通回族土族自治县', '大通县', 43.6],
  ['630122', '湟中县', '湟中县', 43.8],
  ['630123', '湟源县', '湟源县', 13.7],
  ['630202', '乐都区', '乐都区', 26.1],
  ['630203', '平安区', '平安区', 10.3],
  ['630222', '民和回族土族自治县', '民和县', 35.0],
  ['630223', '互助土族自治县', '互助县', 35.7],
  ['630224', '化隆回族自治县', '化隆县', 20.3],
  ['630225', '循化撒拉族自治县', '循化县', 12.4],
  ['632221', '门源回族自治县', '门源县', 14.6],
  ['632222', '祁连县', '祁连县', 4.6],
  ['632223', '海晏县', '海晏县', 3.5],
  ['632224', '刚察县', '刚察县', 4.2],
  ['632321', '同仁县', '同仁县', 9.3],
  ['632322', '尖扎县', '尖扎县', 5.5],
  ['632323', '泽库县', '泽库县', 6.9],
  ['632324', '河南蒙古族自治县', '河南县', 3.9],
  ['632521', '共和县', '共和县', 12.3],
  ['632522', '同德县', '同德县', 6.0],
  ['632523', '贵德县', '贵德县', 10.1],
  ['632524', '兴海县', '兴海县', 7.6],
  ['632525', '贵南县', '贵南县', 7.8],
  ['632621', '玛沁县', '玛沁县', 5.1],
  ['632622', '班玛县', '班玛县', 2.7],
  ['632623', '甘德县', '甘德县', 3.5],
  ['632624', '达日县', '达日县', 3.1],
  ['632625', '久治县', '久治县', 2.6],
  ['632626', '玛多县', '玛多县', 1.4],
  ['632701', '玉树市', '玉树市', 12.1],
  ['632722', '杂多县', '杂多县', 5.8],
  ['632723', '称多县', '称多县', 5.6],
  ['632724', '治多县', '治多县', 3.0],
  ['632725', '囊谦县', '囊谦县', 8.6],
  ['632726', '曲麻莱县', '曲麻莱县', 2.8],
  ['632801', '格尔木市', '格尔木市', 21.5],
  ['632802', '德令哈市', '德令哈市', 7.8],
  ['632821', '乌兰县', '乌兰县', 3.8],
  ['632822', '都兰县', '都兰县', 7.7],
  ['632823', '天峻县', '天峻县', 3.4],
  ['632857', '大柴旦行政委员会', '大柴旦行委', 1.4],
  ['632858', '冷湖行政委员会', '冷湖行委', 0.5],
  ['632859', '茫崖行政委员会', '茫崖行委', 2.8],
]

const region = (row: Row, parent_code: string, level: Region['level']): Region => {
  const [code, name, short_name, population_10k] = row
  return { code, name, short_name, parent_code, level, population_10k }
}

export const prefectures: readonly Region[] = PREFECTURES.map((row) => region(row, '630000', 'prefecture'))
export const counties: readonly Region[] = COUNTIES.map((row) => region(row, `${row[0].slice(0, 4)}00`, 'county'))
export const province: Region = {
  code: '630000',
  name: '青海省',
  short_name: '青海省',
  parent_code: null,
  level: 'province',
  population_10k: 562.7,
}
export const regions: readonly Region[] = [province, ...prefectures, ...counties]

const byCode = new Map(regions.map((r) => [r.code, r]))

/** The region of a code, or a plain error: seeds never name a division that does not exist. */
export const regionOf = (code: string): Region => {
  const found = byCode.get(code)
  if (!found) throw new Error(`no division ${code} in the seeds`)
  return found
}
