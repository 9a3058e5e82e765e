// The message box: Enter sends, Shift+Enter breaks the line, and an input method keeps its own Enter.

import { fill, texts } from './texts.js';

const limit = 1000;
const counterFrom = 800;

export class Composer {
  #box;
  #button;
  #counter;
  #enabled = true;

  /** `onWord(word)` is called with what the user wants to say. */
  constructor(form, box, button, counter, onWord) {
    this.#box = box;
    this.#button = button;
    this.#counter = counter;
    box.addEventListener('input', () => this.#refresh());
    addEventListener('resize', () => this.#refresh());
    box.addEventListener('keydown', event => {
      // Safari ends a composition before it reports the key that ended it; 229 says so.
      const composing = event.isComposing || event.keyCode === 229;
      if (event.key === 'Enter' && !event.shiftKey && !composing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener('submit', event => {
      event.preventDefault();
      if (!this.#canSend)
        return;
      const word = this.#word;
      this.#set('');
      box.focus();
      onWord(word);
    });
    this.#refresh();
  }

  set enabled(value) {
    this.#enabled = value;
    this.#box.disabled = !value;
    this.#refresh();
  }

  set placeholder(value) {
    this.#box.placeholder = value;
    this.#refresh();
  }

  clear() {
    this.#set('');
  }

  // A lone half of a surrogate pair is no text, and the protocol refuses it.
  get #word() {
    const word = this.#box.value.trim();
    return word.toWellFormed?.() ?? word;
  }

  get #canSend() {
    const { length } = this.#word;
    return this.#enabled && length > 0 && length <= limit;
  }

  #set(value) {
    this.#box.value = value;
    this.#refresh();
  }

  #refresh() {
    const count = this.#word.length;
    const tooLong = count > limit;
    this.#button.disabled = !this.#canSend;
    this.#box.ariaInvalid = String(tooLong);
    this.#counter.classList.toggle('wrong', tooLong);
    this.#counter.textContent = tooLong ? fill(texts.tooLong, { count, limit }) : count >= counterFrom ? `${count} / ${limit}` : '';
    this.#box.style.height = 'auto';
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}
