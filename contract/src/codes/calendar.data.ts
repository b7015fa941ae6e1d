/**
 * The State Council's yearly notices of days off and days worked instead. Ranges are `MM-DD` or `MM-DD~MM-DD`; a year before the date
 * (`2022-12-31`) marks a day the notice moved out of its own year. Days off that fall on weekends are listed as the notices do.
 */
export interface Notice {
  readonly year: number
  readonly document_no: string
  readonly off: string
  readonly worked: string
}

export const NOTICES: readonly Notice[] = [
  {
    year: 2017,
    document_no: '国办发明电〔2016〕17号',
    off: '01-01~01-02 01-27~02-02 04-02~04-04 05-01 05-28~05-30 10-01~10-08',
    worked: '01-22 02-04 04-01 05-27 09-30',
  },
  {
    year: 2018,
    document_no: '国办发明电〔2017〕12号',
    off: '01-01 02-15~02-21 04-05~04-07 04-29~05-01 06-18 09-24 10-01~10-07',
    worked: '02-11 02-24 04-08 04-28 09-29 09-30',
  },
  {
    // Labour Day by the later notice 国办发明电〔2019〕3号.
    year: 2019,
    document_no: '国办发明电〔2018〕15号',
    off: '2018-12-30~2018-12-31 01-01 02-04~02-10 04-05 05-01~05-04 06-07 09-13 10-01~10-07',
    worked: '2018-12-29 02-02 02-03 04-28 05-05 09-29 10-12',
  },
  {
    // Spring Festival prolonged to 2 February by 国办发明电〔2020〕1号; the make-up day 1 February fell away.
    year: 2020,
    document_no: '国办发明电〔2019〕16号',
    off: '01-01 01-24~02-02 04-04~04-06 05-01~05-05 06-25~06-27 10-01~10-08',
    worked: '01-19 04-26 05-09 06-28 09-27 10-10',
  },
  {
    year: 2021,
    document_no: '国办发明电〔2020〕27号',
    off: '01-01~01-03 02-11~02-17 04-03~04-05 05-01~05-05 06-12~06-14 09-19~09-21 10-01~10-07',
    worked: '02-07 02-20 04-25 05-08 09-18 09-26 10-09',
  },
  {
    year: 2022,
    document_no: '国办发明电〔2021〕11号',
    off: '01-01~01-03 01-31~02-06 04-03~04-05 04-30~05-04 06-03~06-05 09-10~09-12 10-01~10-07',
    worked: '01-29 01-30 04-02 04-24 05-07 10-08 10-09',
  },
  {
    year: 2023,
    document_no: '国办发明电〔2022〕16号',
    off: '2022-12-31 01-01~01-02 01-21~01-27 04-05 04-29~05-03 06-22~06-24 09-29~10-06',
    worked: '01-28 01-29 04-23 05-06 06-25 10-07 10-08',
  },
  {
    year: 2024,
    document_no: '国办发明电〔2023〕7号',
    off: '01-01 02-10~02-17 04-04~04-06 05-01~05-05 06-10 09-15~09-17 10-01~10-07',
    worked: '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12',
  },
  {
    year: 2025,
    document_no: '国办发明电〔2024〕12号',
    off: '01-01 01-28~02-04 04-04~04-06 05-01~05-05 05-31~06-02 10-01~10-08',
    worked: '01-26 02-08 04-27 09-28 10-11',
  },
  {
    year: 2026,
    document_no: '国办发明电〔2025〕7号',
    off: '01-01~01-03 02-15~02-23 04-04~04-06 05-01~05-05 06-19~06-21 09-25~09-27 10-01~10-07',
    worked: '01-04 02-14 02-28 05-09 09-20 10-10',
  },
]
