import type { PreferencesView } from '@sanjiang/contract/site.about'

export const PreferencesPage = ({ look, back }: PreferencesView) => (
  <>
    <h1>字号与对比度</h1>
    <p>设置保存在您的浏览器里，一年内有效，随时可以改回。</p>
    <form action="/preferences" method="get" className="looks">
      <input type="hidden" name="set" value="1" />
      <input type="hidden" name="back" value={back} />
      <fieldset>
        <legend>字号</legend>
        <label>
          <input type="radio" name="size" value="normal" defaultChecked={!look.is_large} /> 标准
        </label>
        <label>
          <input type="radio" name="size" value="large" defaultChecked={look.is_large} /> 大字
        </label>
      </fieldset>
      <fieldset>
        <legend>对比度</legend>
        <label>
          <input type="radio" name="contrast" value="normal" defaultChecked={!look.is_contrast} /> 标准
        </label>
        <label>
          <input type="radio" name="contrast" value="high" defaultChecked={look.is_contrast} /> 高对比
        </label>
      </fieldset>
      <button type="submit">保存</button>
    </form>
  </>
)
