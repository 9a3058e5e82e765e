// Logs in as a phone does, with WeChat's part simulated by the server, and keeps the session of this tab.

import { Failure, get } from './http.js';

const magicId = 'F2C224D4-2BCE-4C64-AF9F-A6D872000D1A';
const storageKey = 'chatroom.session';

/** The nickname this tab used last, or an empty string. */
export function rememberedNickname() {
  return load()?.nickname ?? '';
}

/** One person's login. A tab holds one, so several tabs are several people. */
export class Session {
  #nickname;
  #keys;

  /** The userInfo the server knows us by; set by `start`, and again after each login. */
  user = null;

  constructor(nickname) {
    const stored = load();
    this.#nickname = nickname;
    this.#keys = stored?.nickname === nickname ? stored.keys : null;
  }

  /** Makes sure that the session is good and `user` known. */
  async start() {
    if (!this.#keys)
      return this.#login();
    this.user = userOf(await this.#request('user'));
  }

  /** Asks for a tunnel and returns its WebSocket URL. */
  async tunnelUrl() {
    const { url } = await this.#request('tunnel');
    if (typeof url !== 'string')
      throw new Failure('badAnswer');
    return url;
  }

  async #request(path) {
    let answer = await this.#send(path);
    if (answer.body?.[magicId] && answer.body.error === 'ERR_INVALID_SESSION') {
      await this.#login();
      answer = await this.#send(path);
    }
    return accepted(answer);
  }

  async #login() {
    const secrets = await simulatedWeChatLogin(this.#nickname);
    const { session } = accepted(await get('login', {
      'X-WX-Code': secrets.code,
      'X-WX-Encrypted-Data': secrets.encryptedData,
      'X-WX-IV': secrets.iv,
    }));
    if (!session?.id || !session.skey)
      throw new Failure('badAnswer');
    this.#keys = { id: session.id, skey: session.skey };
    sessionStorage.setItem(storageKey, JSON.stringify({ nickname: this.#nickname, keys: this.#keys }));
    this.user = userOf(accepted(await this.#send('user')));
  }

  #send(path) {
    return get(path, { 'X-WX-Id': this.#keys.id, 'X-WX-Skey': this.#keys.skey });
  }
}

/** What wx.login and wx.getUserInfo give on a phone: a code, and the profile encrypted by WeChat. */
async function simulatedWeChatLogin(nickname) {
  const answer = await get(`dev/wechat/login?nickname=${encodeURIComponent(nickname)}`);
  if (answer.status === 404)
    throw new Failure('noSimulatedLogin');
  return accepted(answer);
}

function accepted({ status, body }) {
  if (status >= 500)
    throw new Failure('serverTrouble', status);
  if (status === 401 || body?.[magicId] && body.error)
    throw new Failure('loginRefused');
  if (status >= 400)
    throw new Failure('serverTrouble', status);
  if (body === null || typeof body !== 'object')
    throw new Failure('badAnswer');
  return body;
}

function userOf(body) {
  const user = body.data?.userInfo;
  if (typeof user?.openId !== 'string')
    throw new Failure('badAnswer');
  return user;
}

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey));
  } catch {
    return null;
  }
}
