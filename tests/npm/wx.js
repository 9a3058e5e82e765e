'use strict';

// The part of WeChat's `wx` that wafer-client-sdk uses, with WeChat's habits: every answer comes later, any HTTP status is a success,
// JSON is parsed where it can be, there is one socket at a time, and its listeners are set once for all sockets.

const http = require('node:http');
const https = require('node:https');
const WebSocket = require('ws');

const AppId = 'wx0123456789abcdef';
const Referer = `https://servicewechat.com/${AppId}/1/page-frame.html`;
const RequestTimeout = 60_000;

function send(url, { method = 'GET', header = {}, data } = {}) {
  const address = new URL(url);
  const upper = method.toUpperCase();
  const headers = { 'content-type': 'application/json', ...header, referer: Referer };
  let body;
  if (data !== undefined && upper === 'GET')
    Object.entries(data).forEach(([name, value]) => address.searchParams.append(name, value));
  else if (data !== undefined)
    body = typeof data === 'string' ? data : JSON.stringify(data);
  if (body !== undefined)
    headers['content-length'] = Buffer.byteLength(body);

  return new Promise((resolve, reject) => {
    const request = (address.protocol === 'https:' ? https : http).request(address, { method: upper, headers, timeout: RequestTimeout });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks = [];
      response.on('error', reject);
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ statusCode: response.statusCode, header: response.headers, data: parse(text) });
      });
    });
    request.end(body);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function settle(promise, name, { success, fail, complete } = {}) {
  promise.then(
    (result) => [success, { errMsg: `${name}:ok`, ...result }],
    (error) => [fail, { errMsg: `${name}:fail ${error.message}` }],
  ).then(([callback, result]) => setImmediate(() => {
    // Outside the promise: what the SDK throws must end the process, as it ends a mini program.
    callback?.(result);
    complete?.(result);
  }));
}

/** One phone's `wx`, plus `phone`: what a user or a bad network does to it. */
exports.createWx = ({ weChatUrl, nickname, report }) => {
  const storage = new Map();
  const listeners = {};
  let profile = null;
  let socket = null;

  async function askWeChat() {
    const answer = await send(`${weChatUrl}/dev/wechat/login`, { data: { nickname } });
    if (answer.statusCode !== 200)
      throw new Error(`the simulated WeChat answered ${answer.statusCode}`);
    profile = answer.data;
    report({ event: 'wxLogin' });
    return { code: profile.code };
  }

  async function askProfile() {
    if (!profile)
      throw new Error('not logged in to WeChat');
    const { encryptedData, iv, rawData, signature, userInfo } = profile;
    return { encryptedData, iv, rawData, signature, userInfo };
  }

  function connect(url, header, protocols) {
    drop(socket, 1000);
    const opened = new WebSocket(url, protocols ?? [], { headers: { ...header, referer: Referer }, perMessageDeflate: false });
    socket = opened;
    // A socket that has been replaced says nothing any more.
    const ifCurrent = (action) => (...values) => opened === socket && action(...values);
    opened.on('open', ifCurrent(() => listeners.open?.({ header: {} })));
    opened.on('message', ifCurrent((bytes, isBinary) => {
      const data = isBinary ? bytes : bytes.toString('utf8');
      report({ event: 'frame', direction: 'received', text: String(data) });
      listeners.message?.({ data });
    }));
    opened.on('error', ifCurrent((error) => listeners.error?.({ errMsg: error.message })));
    opened.on('close', ifCurrent((code, reason) => {
      socket = null;
      report({ event: 'socketClosed', code, reason: reason.toString('utf8') });
      listeners.close?.({ code, reason: reason.toString('utf8') });
    }));
  }

  function drop(closing, code, reason) {
    if (closing?.readyState === WebSocket.CONNECTING)
      closing.terminate();
    else
      closing?.close(code, reason);
  }

  async function sendFrame(data) {
    if (socket?.readyState !== WebSocket.OPEN)
      throw new Error('the socket is not open');
    report({ event: 'frame', direction: 'sent', text: data });
    socket.send(data);
  }

  const wx = {
    login: (options) => settle(askWeChat(), 'login', options),
    checkSession: (options) => settle(askProfile().then(() => ({})), 'checkSession', options),
    getUserInfo: (options) => settle(askProfile(), 'getUserInfo', options),
    request: (options) => settle(send(options.url, options), 'request', options),

    getStorageSync: (key) => structuredClone(storage.get(key) ?? ''),
    setStorageSync: (key, value) => void storage.set(key, structuredClone(value)),
    removeStorageSync: (key) => void storage.delete(key),

    connectSocket: ({ url, header, protocols, ...callbacks }) =>
      settle(Promise.resolve().then(() => connect(url, header, protocols)), 'connectSocket', callbacks),
    sendSocketMessage: ({ data, ...callbacks }) => settle(sendFrame(data), 'sendSocketMessage', callbacks),
    closeSocket: ({ code = 1000, reason, ...callbacks } = {}) => {
      drop(socket, code, reason);
      settle(Promise.resolve(), 'closeSocket', callbacks);
    },
    onSocketOpen: (listener) => void (listeners.open = listener),
    onSocketMessage: (listener) => void (listeners.message = listener),
    onSocketClose: (listener) => void (listeners.close = listener),
    onSocketError: (listener) => void (listeners.error = listener),
  };

  const phone = {
    /** The network goes away: no close frame, no goodbye. */
    killSocket: () => {
      if (!socket?._socket)
        throw new Error('there is no socket to kill');
      socket._socket.destroy();
    },

    /** WeChat closes the socket politely when the mini program has been in the background for some seconds. */
    background: () => socket?.close(1000),

    /** Keeps the session, but with a secret that the server does not know. */
    spoilSession: () => {
      for (const [key, value] of storage) {
        if (value?.skey)
          storage.set(key, { ...value, skey: `${value.skey.slice(1)}x` });
      }
    },

    end: () => socket?.terminate(),
  };

  return { wx, phone };
};
