/** What is claimed here is what the browser tests check on every run; what they do not see is said too. */
export const AccessibilityPage = () => (
  <article>
    <h1>无障碍声明</h1>
    <p>
      本站按《Web 内容无障碍指南》（WCAG）2.2 的 AA 级制作。全部页面由服务器生成，不需要脚本；全部功能可以只用键盘完成。
    </p>
    <h2>怎样检查</h2>
    <p>每次发版前用自动工具逐页检查，并在手机和电脑两种宽度下查看。自动工具看不出的问题可能仍然存在。</p>
    <h2>已知的不足</h2>
    <ul>
      <li>还没有藏文界面。</li>
      <li>各部门提供的文件本身是否便于读屏软件使用，由提供部门负责。</li>
    </ul>
    <h2>遇到困难</h2>
    <p>请拨打 12345，说明页面地址和遇到的问题，我们以其他方式提供同样的内容。</p>
  </article>
)
