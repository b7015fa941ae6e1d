-- What the catalogues of real departments showed besides: every business has a licence number and a date of its own.
insert into catalog.noise_word (word, reason)
select word, '各项业务自己的办理信息' from unnest(string_to_array('有效期起,有效期止,许可证号,证书编号,证书状态,证照状态,受理编号,受理日期,办结日期,办理日期,发证日期,发证机关,登记机关,批准文号,文号,备案日期,备案编号,项目名称,项目编号,事件编号,负责人,机构名称,单位名称,行政区划名称,行政区划代码,所属县区,村社区,乡镇街道,建设地点,坐落,海拔,同比增长率,计量单位,正文,文件名称,监测日期,监测时间,发生时间,处罚日期,处罚机关,处罚依据,处罚内容,违法事实,罚款金额,考核结果,管理单位,主办单位,统计时间,公告编号,到期日期,退出日期,列入日期,移出日期', ',')) as word
on conflict do nothing;
