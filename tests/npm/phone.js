'use strict';

// Phones with the official client SDK, driven by JSON lines on stdin:
//   {"id":1,"phone":"a","cmd":"create","nickname":"…","appUrl":"http://…","weChatUrl":"http://…","sdk"?:"wafer2-client-sdk"}
//   {"id":2,"phone":"a","cmd":"login" | "loginWithCode" | "request" | "open" | "emit" | "close" | "killSocket" | "background" | "spoilSession", …}
// Each command is answered by {"answer":id,"result":…} or {"answer":id,"error":{…}}; what happens to a phone comes as {"phone":"a","event":…}.

const readline = require('node:readline');
const { loadClient } = require('./client');
const { createWx } = require('./wx');

const TunnelEvents = new Set(['connect', 'close', 'reconnecting', 'reconnect', 'error']);
const phones = new Map();
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function createPhone(name, { nickname, appUrl, weChatUrl, sdk, loginPath = '/login', tunnelPath = '/tunnel' }) {
  const report = (what) => write({ phone: name, ...what });
  const { wx, phone } = createWx({ weChatUrl, nickname, report });
  const client = loadClient(wx, sdk);
  client.setLoginUrl(appUrl + loginPath);
  const called = (start) => new Promise((resolve, reject) => start({ success: resolve, fail: reject }));
  let tunnel = null;

  return {
    end: () => phone.end(),
    login: () => called((callbacks) => client.login(callbacks)),
    loginWithCode: () => called((callbacks) => client.loginWithCode(callbacks)),

    request: ({ path, method, data, login }) =>
      called((callbacks) => client.request({ url: appUrl + path, method, data, login, ...callbacks }))
        .then(({ statusCode, data: answer }) => ({ statusCode, data: answer })),

    open: () => {
      tunnel = new client.Tunnel(appUrl + tunnelPath);
      tunnel.on('*', (type, content) => report(TunnelEvents.has(type)
        ? { event: type, ...content }
        : { event: 'message', type, content }));
      tunnel.open();
    },

    emit: ({ type, content }) => tunnel.emit(type, content),
    close: () => tunnel.close(),
    killSocket: () => phone.killSocket(),
    background: () => phone.background(),
    spoilSession: () => phone.spoilSession(),
  };
}

async function handle({ phone: name, cmd, ...values }) {
  if (cmd === 'create') {
    if (phones.has(name))
      throw new Error(`there is a phone ${name} already`);
    phones.set(name, createPhone(name, values));
    return undefined;
  }

  const phone = phones.get(name);
  if (!phone || !Object.hasOwn(phone, cmd))
    throw new Error(`no such phone or command: ${name} ${cmd}`);
  return phone[cmd](values);
}

const commands = readline.createInterface({ input: process.stdin });
commands.on('line', (line) => {
  const command = JSON.parse(line);
  handle(command).then(
    (result) => write({ answer: command.id, result: result ?? null }),
    (error) => write({ answer: command.id, error: { type: error?.type ?? null, message: error?.message ?? error?.errMsg ?? String(error) } }),
  );
});

// The test that started this process is gone or done.
commands.on('close', () => {
  phones.forEach((phone) => phone.end());
  process.exit(0);
});

write({ event: 'ready' });
