'use strict';

// Runs a mini program's code on a phone with the official client SDK:
//   {"code":"…","nickname":"…","weChatUrl":"http://…"} on stdin; every console.log becomes {"logged":"…"}.

const readline = require('node:readline');
const { loadClient } = require('./client');
const { createWx } = require('./wx');

const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

readline.createInterface({ input: process.stdin }).once('line', (line) => {
  const { code, nickname, weChatUrl } = JSON.parse(line);
  const { wx } = createWx({ weChatUrl, nickname, report: () => {} });
  const client = loadClient(wx);
  const requireSdk = (name) => {
    if (name !== 'wafer-client-sdk')
      throw new Error(`a mini program has no ${name}`);
    return client;
  };
  new Function('require', 'console', 'wx', code)(requireSdk, { log: (text) => write({ logged: text }) }, wx);
});
