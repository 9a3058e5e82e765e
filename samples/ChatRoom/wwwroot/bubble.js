// The items of the message list. Text goes in as text, never as markup.

import { paintAvatar, setHue } from './avatar.js';
import { fill, isChinese, texts } from './texts.js';

const clock = new Intl.DateTimeFormat(isChinese ? 'zh-CN' : 'en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A name to show for a user, whatever the server sent. */
export function nameOf(user) {
  return typeof user.nickName === 'string' && user.nickName.trim() || texts.nameless;
}

/** `li.message` with `.who`, `.word` and the time. */
export function createMessage(user, word, own) {
  const name = nameOf(user);
  const item = element('li', own ? 'message own' : 'message');
  item.dataset.testid = 'message';
  item.dataset.openId = user.openId ?? '';

  const avatar = element('span', 'avatar');
  avatar.ariaHidden = 'true';
  paintAvatar(avatar, user, name);

  const who = element('bdi', 'who', name);
  setHue(who, user);

  const text = element('span', 'word', word);
  text.dir = 'auto';

  const meta = element('span', 'meta');
  const bubble = element('div', 'bubble');
  bubble.append(text, meta);

  const body = element('div', 'body');
  body.append(who, bubble);
  item.append(avatar, body);
  stamp(item);
  return item;
}

/** Gives a message the present as its time. */
export function stamp(item) {
  item.dataset.at = String(Date.now());
  const meta = item.querySelector('.meta');
  meta.querySelector('.time')?.remove();
  meta.prepend(time());
}

/** Shows how far an own message has come: pending, unsure or sent. `again` is called when the user wants it sent again. */
export function showProgress(item, state, again) {
  item.dataset.state = state;
  item.querySelector('.state')?.remove();
  item.querySelector('.again')?.remove();
  if (state === 'sent')
    return;

  const mark = element('span', 'state');
  mark.title = texts[state];
  mark.append(element('span', 'spoken', texts[state]));
  item.querySelector('.meta').append(mark);
  if (state === 'unsure') {
    const button = element('button', 'again');
    button.type = 'button';
    button.dataset.testid = 'again';
    button.append(element('span', 'reason', texts.unsure), element('span', 'action', texts.again));
    button.addEventListener('click', again);
    item.querySelector('.body').append(button);
  }
}

/** `li.notice`: who came or went. */
export function createNotice(user, text) {
  const item = element('li', 'notice');
  item.dataset.testid = 'notice';
  const [before, after] = fill(text, { name: '\0' }).split('\0');
  const line = element('span', 'line');
  line.append(before, element('bdi', 'name', nameOf(user)), after, ' ', time());
  item.append(line);
  return item;
}

function time() {
  const now = new Date();
  const item = element('time', 'time', clock.format(now));
  item.dateTime = now.toISOString();
  return item;
}

function element(tag, className, text = '') {
  const created = document.createElement(tag);
  created.className = className;
  created.textContent = text;
  return created;
}
