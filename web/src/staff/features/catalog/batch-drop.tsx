import { addressOf } from '@sanjiang/contract/call'
import { BATCH_FILE_BYTES, getTemplate } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Alert, Progress } from 'antd'
import { type DragEvent, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { FILE_TYPES, unfit } from '../../../ui/piece-upload.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { upload } from './batch-upload.ts'

/** Steps 1 and 2: the template, and the workbook dropped or chosen. */
export const BatchDrop = () => {
  const id = useId()
  const navigate = useNavigate()
  const [isOver, setOver] = useState(false)
  const [share, setShare] = useState(0)
  const [refusal, setRefusal] = useState<string>()
  const send = useMutation({
    mutationFn: (file: File) => upload(file, setShare),
    onSuccess: (batch) => navigate(`/catalog/batches/${batch}`),
  })
  const take = (file: File | undefined) => {
    if (!file || send.isPending) return
    const reason = unfit(file, BATCH_FILE_BYTES)
    setRefusal(reason)
    setShare(0)
    if (!reason) send.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <div className="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside does the same by keyboard */}
      <div
        className={isOver ? 'drop-zone over' : 'drop-zone'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <strong>把填好的工作簿拖到这里</strong>
        <span>
          <label className="file-button" htmlFor={id}>
            选择文件
          </label>
          <input
            id={id}
            type="file"
            className="hidden"
            accept={FILE_TYPES}
            onChange={({ target }) => {
              take(target.files?.[0])
              target.value = ''
            }}
          />
        </span>
        <p>
          .xlsx 或 .csv（UTF-8、GBK 均可），不超过 40 MB、5 万行；列名不必与模板一致，上传后可核对。
          <a href={addressOf(getTemplate, {})} download>
            下载现行标准模板
          </a>
        </p>
        {send.isPending && <Progress percent={Math.round(share * 100)} aria-label="上传进度" />}
      </div>
      {refusal && <Alert type="warning" showIcon role="alert" title={refusal} />}
      {send.isError && <ErrorAlert error={send.error} />}
    </div>
  )
}
