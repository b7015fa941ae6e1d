/**
 * Administrative divisions of Qinghai (GB/T 2260 as of 2017-10-31, domain §5.2) and what became of them. `from`/`until` are set only
 * where a division began or ended since; the dates of those changes were not compared with the approvals.
 */
export interface DivisionRow {
  readonly code: string
  readonly name: string
  readonly from?: string
  readonly until?: string
  readonly successor_code?: string
}

const rows = (text: string): DivisionRow[] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => ({ code: word.slice(0, 6), name: word.slice(6) }))

export const DIVISIONS: readonly DivisionRow[] = [
  ...rows(`
    630000青海省
    630100西宁市 630102城东区 630103城中区 630104城西区 630105城北区 630121大通回族土族自治县 630123湟源县
    630200海东市 630202乐都区 630203平安区 630222民和回族土族自治县 630223互助土族自治县 630224化隆回族自治县 630225循化撒拉族自治县
    632200海北藏族自治州 632221门源回族自治县 632222祁连县 632223海晏县 632224刚察县
    632300黄南藏族自治州 632322尖扎县 632323泽库县 632324河南蒙古族自治县
    632500海南藏族自治州 632521共和县 632522同德县 632523贵德县 632524兴海县 632525贵南县
    632600果洛藏族自治州 632621玛沁县 632622班玛县 632623甘德县 632624达日县 632625久治县 632626玛多县
    632700玉树藏族自治州 632701玉树市 632722杂多县 632723称多县 632724治多县 632725囊谦县 632726曲麻莱县
    632800海西蒙古族藏族自治州 632801格尔木市 632802德令哈市 632821乌兰县 632822都兰县 632823天峻县 632857大柴旦行政委员会
  `),
  { code: '630122', name: '湟中县', until: '2019-12-05', successor_code: '630106' },
  { code: '630106', name: '湟中区', from: '2019-12-06' },
  { code: '632321', name: '同仁县', until: '2020-06-04', successor_code: '632301' },
  { code: '632301', name: '同仁市', from: '2020-06-05' },
  { code: '632858', name: '冷湖行政委员会', until: '2018-02-21', successor_code: '632803' },
  { code: '632859', name: '茫崖行政委员会', until: '2018-02-21', successor_code: '632803' },
  { code: '632803', name: '茫崖市', from: '2018-02-22' },
]
