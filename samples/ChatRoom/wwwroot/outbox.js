// Own messages until the room echoes them: pending, then sent, or unsure when the connection went before the echo came.

const echoTimeoutMs = 10_000;

export class Outbox {
  #entries = [];
  #onState;

  /** `onState(item, state)` shows a message as pending, unsure or sent. */
  constructor(onState) {
    this.#onState = onState;
  }

  /** Takes a message that is about to be emitted, for the first time or again; call the result when it went out. */
  add(item, word) {
    this.#remove(this.#entries.find(entry => entry.item === item));
    const entry = { item, word, out: false, timer: 0 };
    this.#entries.push(entry);
    this.#onState(item, 'pending');
    return () => {
      entry.out = true;
      entry.timer = setTimeout(() => this.#doubt(entry), echoTimeoutMs);
    };
  }

  /** The room said this word in our name: returns the item it confirms, or undefined when it came from elsewhere. */
  confirm(word) {
    const entry = this.#entries.find(candidate => candidate.word === word);
    if (!entry)
      return undefined;
    this.#remove(entry);
    this.#onState(entry.item, 'sent');
    return entry.item;
  }

  /** The connection went: what went out without an echo may be lost, what waits will still go out. */
  disconnected() {
    this.#entries.filter(entry => entry.out).forEach(entry => this.#doubt(entry));
  }

  /** The tunnel is gone for good, and what waited in it too. */
  closed() {
    this.#entries.forEach(entry => this.#doubt(entry));
  }

  #doubt(entry) {
    clearTimeout(entry.timer);
    this.#onState(entry.item, 'unsure');
  }

  #remove(entry) {
    clearTimeout(entry?.timer);
    this.#entries = this.#entries.filter(other => other !== entry);
  }
}
