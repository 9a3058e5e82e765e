// The page: the way in, the room, the way out.

import { paintAvatar } from './avatar.js';
import { nameOf } from './bubble.js';
import { Composer } from './composer.js';
import { Failure } from './http.js';
import { MessageList } from './messages.js';
import { suggestNickname } from './nickname.js';
import { Room } from './room.js';
import { rememberedNickname, Session } from './session.js';
import { advice, fill, label, reconnectingText, texts, translate } from './texts.js';
import { countUnread } from './unread.js';

const backShownMs = 2500;
const placeholders = { connecting: texts.word, online: texts.word, reconnecting: texts.wordOffline, closed: '' };

const byId = id => document.getElementById(id);
const [joinView, joinForm, nickname, joinButton, joinError] = ['join-view', 'join-form', 'nickname', 'join', 'join-error'].map(byId);
const [chatView, total, empty] = ['chat-view', 'total', 'empty'].map(byId);
const [banner, bannerText, bannerAction] = ['banner', 'banner-text', 'banner-action'].map(byId);

translate(document);
const list = new MessageList(byId('log'), byId('messages'), byId('jump'));
const composer = new Composer(byId('composer'), byId('word'), byId('send'), byId('counter'), word => say(word));
let room = null;
let wasOnline = false;
let backTimer;

nickname.value = rememberedNickname() || suggestNickname();
nickname.select();

byId('suggest').addEventListener('click', () => {
  nickname.value = suggestNickname(nickname.value);
  showJoinError('');
});
joinForm.addEventListener('submit', event => {
  event.preventDefault();
  join(nickname.value.trim());
});
nickname.addEventListener('input', () => showJoinError(''));
byId('leave').addEventListener('click', () => leave());
bannerAction.addEventListener('click', () => {
  if (document.body.dataset.state === 'closed')
    enter();
  else
    room.retry();
  focusWord();
});

async function join(name) {
  showJoinError(name ? '' : texts.needNickname);
  if (!name || joinButton.disabled)
    return;
  showJoining(true);
  try {
    const session = new Session(name);
    await session.start();
    show(chatView);
    showMe(session.user);
    room = new Room(session, list, { onState: stateChanged, onTotal: totalChanged, onSpeech: spoken });
    enter();
    focusWord();
  } catch (error) {
    document.body.dataset.state = 'closed';
    showJoinError(advice(error instanceof Failure ? error : new Failure('badAnswer')));
  } finally {
    showJoining(false);
  }
}

function enter() {
  wasOnline = false;
  composer.enabled = true;
  room.enter();
}

function leave() {
  room.leave();
  room = null;
  list.clear();
  composer.clear();
  empty.hidden = false;
  show(joinView);
  nickname.focus();
}

function say(word) {
  empty.hidden = true;
  room.say(word);
}

function stateChanged(state, reason) {
  document.body.dataset.state = state;
  clearTimeout(backTimer);
  composer.placeholder = placeholders[state];
  if (state !== 'online')
    total.textContent = '–';
  if (state === 'connecting') {
    showBanner('connecting', texts.connecting);
  } else if (state === 'reconnecting') {
    showBanner('trouble', reconnectingText(reason), texts.tryNow);
  } else if (state === 'closed') {
    composer.enabled = false;
    showBanner('closed', texts.closedByServer, texts.rejoin);
  } else if (wasOnline) {
    showBanner('back', texts.back);
    backTimer = setTimeout(() => banner.hidden = true, backShownMs);
  } else {
    banner.hidden = true;
  }
  wasOnline ||= state === 'online';
}

// A touch screen would answer with its keyboard, over half of the room.
function focusWord() {
  if (matchMedia('(pointer: fine)').matches)
    byId('word').focus();
}

function totalChanged(count) {
  total.textContent = String(count);
}

function spoken(own) {
  empty.hidden = true;
  if (!own)
    countUnread();
}

function showMe(user) {
  const name = nameOf(user);
  paintAvatar(byId('me'), user, name);
  label(byId('me'), fill(texts.you, { name }));
}

function showJoining(busy) {
  joinButton.disabled = busy;
  joinButton.textContent = busy ? texts.joining : texts.join;
  if (busy)
    document.body.dataset.state = 'connecting';
}

function showJoinError(text) {
  joinError.textContent = text;
  nickname.ariaInvalid = String(text === texts.needNickname);
}

function showBanner(kind, text, action = '') {
  banner.dataset.kind = kind;
  banner.hidden = false;
  bannerText.textContent = text;
  bannerAction.hidden = !action;
  bannerAction.textContent = action;
}

function show(view) {
  joinView.hidden = view !== joinView;
  chatView.hidden = view !== chatView;
}
