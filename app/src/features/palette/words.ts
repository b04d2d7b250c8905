/** Other words that find a command, whatever language the screen is in: pinyin, its initials, English. */
export const WORDS = {
  home: '首页 shouye sy home today',
  customers: '客户 kehu kh customers accounts clients',
  tasks: '任务 待办 renwu rw daiban tasks todo',
  settings: '设置 shezhi sz settings preferences',
  notifications: '通知 tongzhi tz notifications bell',
  profile: '个人资料 语言 主题 密码 geren yuyan zhuti mima profile language theme password',
  sessions: '登录设备 denglu shebei sessions devices',
  members: '成员 chengyuan cy members team people',
  invitations: '邀请 yaoqing yq invitations invite',
  import: '导入 daoru dr import upload csv xlsx',
  customer: '新建客户 xinjian kehu xjkh customer account client add',
  task: '新建任务 xinjian renwu xjrw task todo follow add',
  log: '记跟进 沟通记录 jigenjin jgj dianhua weixin log call wechat meeting note',
  call: '打电话 dadianhua ddh call phone dial',
  feedback: '反馈 fankui fk feedback suggestion bug',
  keys: '快捷键 kuaijiejian kjj keys shortcuts keyboard',
} as const;
