// One visit to the room: what the app says becomes messages and notices, what the user says goes out.

import { createMessage, createNotice, showProgress, stamp } from './bubble.js';
import { Outbox } from './outbox.js';
import { texts } from './texts.js';
import { Tunnel } from './tunnel.js';

export class Room {
  #session;
  #list;
  #onState;
  #onTotal;
  #onSpeech;
  #tunnel;
  #outbox;

  /** `onState` as in Tunnel; `onTotal(total)` when people come or go; `onSpeech(own)` when somebody said something. */
  constructor(session, list, { onState, onTotal, onSpeech }) {
    this.#session = session;
    this.#list = list;
    this.#onState = onState;
    this.#onTotal = onTotal;
    this.#onSpeech = onSpeech;
    this.#outbox = new Outbox((item, state) => showProgress(item, state, () => this.#sayAgain(item)));
  }

  enter() {
    this.#tunnel = new Tunnel(
      () => this.#session.tunnelUrl(),
      (state, reason) => this.#changed(state, reason),
      (type, content) => this.#received(type, content ?? {}));
    this.#tunnel.open();
  }

  leave() {
    this.#tunnel.close();
  }

  retry() {
    this.#tunnel.retry();
  }

  say(word) {
    const item = createMessage(this.#session.user, word, true);
    this.#emit(item, word);
    this.#list.addPending(item);
  }

  #sayAgain(item) {
    if (this.#tunnel.isClosed)
      return;
    this.#emit(item, item.querySelector('.word').textContent);
    this.#list.addPending(item);
  }

  #emit(item, word) {
    const sent = this.#outbox.add(item, word);
    this.#tunnel.emit('speak', { word }, sent);
  }

  #changed(state, reason) {
    if (state === 'reconnecting')
      this.#outbox.disconnected();
    else if (state === 'closed')
      this.#outbox.closed();
    this.#onState(state, reason);
  }

  #received(type, content) {
    if (type === 'speak')
      this.#spoken(content);
    else if (type === 'people')
      this.#people(content);
  }

  #spoken({ who, word }) {
    if (!who || typeof word !== 'string')
      return;
    const own = who.openId === this.#session.user.openId;
    const confirmed = own ? this.#outbox.confirm(word) : undefined;
    if (confirmed) {
      stamp(confirmed);
      this.#list.settle(confirmed);
    } else {
      this.#list.add(createMessage(who, word, own));
    }
    this.#onSpeech(own);
  }

  #people({ total, enter, leave }) {
    if (Number.isInteger(total))
      this.#onTotal(total);
    if (enter)
      this.#list.add(createNotice(enter, texts.enter));
    if (leave)
      this.#list.add(createNotice(leave, texts.left));
  }
}
