// Every word on the page, in Chinese and in English.

const chinese = {
  title: '聊天室',
  welcome: '起个名字，进来聊聊',
  nickname: '昵称',
  suggest: '换一个昵称',
  join: '进入聊天室',
  joining: '正在进入…',
  newTab: '再开一个标签页',
  simulated: '微信登录是模拟的，流程与真机一致，无需账号。\n每个标签页是一个人。',
  needNickname: '请先起一个昵称。',
  online: '人在线',
  you: '你：{name}',
  leave: '离开',
  log: '聊天记录',
  wordLabel: '消息',
  word: '说点什么…',
  wordOffline: '断线期间写下的消息，连上后自动发出',
  send: '发送',
  hint: 'Enter 发送，Shift + Enter 换行',
  tooLong: '消息太长：{count} / {limit}，请删减后再发。',
  enter: '{name} 来了',
  left: '{name} 走了',
  emptyTitle: '这里还很安静',
  emptyText: '说第一句话吧，\n或者请另一个自己进来聊聊。',
  pending: '发送中',
  unsure: '可能没有送达',
  again: '重发',
  newMessages: '{count} 条新消息',
  toBottom: '回到最新',
  connecting: '正在连接…',
  reconnecting: '连接断开了，正在重新连接…',
  reconnectingWhy: '{why}正在重新连接…',
  tryNow: '立即重试',
  back: '已重新连接',
  closedByServer: '聊天室结束了这次连接。',
  rejoin: '重新进入',
  nameless: '无名氏',
  failures: {
    unreachable: { why: '连不上服务器，', advice: '连不上服务器。请确认示例程序正在运行，然后再试一次。' },
    timedOut: { why: '服务器没有回应，', advice: '服务器太久没有回应。请检查网络，稍后再试。' },
    serverTrouble: { why: '服务器暂时出错（{status}），', advice: '服务器出错（{status}）。请查看服务器日志，稍后再试。' },
    loginRefused: { why: '登录没有通过，', advice: '登录没有通过。请再试一次；仍不行时查看服务器日志。' },
    noSimulatedLogin: {
      why: '模拟的微信登录没有开启，',
      advice: '模拟的微信登录没有开启。请以 Development 环境启动示例，或在微信开发者工具里打开小程序。',
    },
    badAnswer: { why: '看不懂服务器的回答，', advice: '看不懂服务器的回答。请刷新页面，并确认服务器是同一版本。' },
  },
};

const english = {
  title: 'Chat room',
  welcome: 'Pick a name and come on in',
  nickname: 'Nickname',
  suggest: 'Suggest another nickname',
  join: 'Join the room',
  joining: 'Joining…',
  newTab: 'Open another tab',
  simulated: 'WeChat’s login is simulated, no account needed.\nEvery tab is another person.',
  needNickname: 'Please pick a nickname first.',
  online: 'online',
  you: 'You: {name}',
  leave: 'Leave',
  log: 'Conversation',
  wordLabel: 'Message',
  word: 'Say something…',
  wordOffline: 'Keep writing: it is sent once you are back',
  send: 'Send',
  hint: 'Enter to send, Shift + Enter for a new line',
  tooLong: 'Too long: {count} / {limit}. Please shorten it.',
  enter: '{name} joined',
  left: '{name} left',
  emptyTitle: 'It is quiet in here',
  emptyText: 'Say the first word,\nor invite your other self for a talk.',
  pending: 'Sending',
  unsure: 'May not have arrived',
  again: 'Send again',
  newMessages: 'New messages: {count}',
  toBottom: 'Back to the latest',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost, reconnecting…',
  reconnectingWhy: '{why}, reconnecting…',
  tryNow: 'Try now',
  back: 'Back again',
  closedByServer: 'The room has ended this connection.',
  rejoin: 'Join again',
  nameless: 'Nobody',
  failures: {
    unreachable: {
      why: 'The server cannot be reached',
      advice: 'The server cannot be reached. Check that the sample is running, then try again.',
    },
    timedOut: {
      why: 'The server does not answer',
      advice: 'The server took too long to answer. Check your network and try again later.',
    },
    serverTrouble: {
      why: 'The server has trouble ({status})',
      advice: 'The server has trouble ({status}). See its log, and try again later.',
    },
    loginRefused: { why: 'The login was refused', advice: 'The login was refused. Try again; if it stays so, see the server’s log.' },
    noSimulatedLogin: {
      why: 'The simulated WeChat login is off',
      advice: 'The simulated WeChat login is off. Start the sample in Development, or open the mini program in WeChat DevTools.',
    },
    badAnswer: {
      why: 'The server’s answer makes no sense',
      advice: 'The server’s answer makes no sense. Reload the page, and check that the server is of the same version.',
    },
  },
};

export const isChinese = navigator.language.toLowerCase().startsWith('zh');
export const texts = isChinese ? chinese : english;

/** Puts values into the {places} of a text. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** What to do about a failure. */
export function advice(failure) {
  return fill(texts.failures[failure.kind].advice, failure);
}

/** What the connection banner says while we try again. */
export function reconnectingText(failure) {
  if (!failure)
    return texts.reconnecting;
  return fill(texts.reconnectingWhy, { why: fill(texts.failures[failure.kind].why, failure) });
}

/** Fills the page: data-text is the content, data-label the name (see `label`), data-placeholder the placeholder. */
export function translate(root) {
  root.documentElement.lang = isChinese ? 'zh-CN' : 'en';
  root.title = texts.title;
  for (const element of root.querySelectorAll('[data-text]'))
    element.textContent = texts[element.dataset.text];
  for (const element of root.querySelectorAll('[data-label]'))
    label(element, texts[element.dataset.label]);
  for (const element of root.querySelectorAll('[data-placeholder]'))
    element.placeholder = texts[element.dataset.placeholder];
}

/** Names an element for those who hear the page, and a control for those who point at it. */
export function label(element, text) {
  element.ariaLabel = text;
  if (element.matches('button, a, .avatar'))
    element.title = text;
}
