// The list of messages: order, grouping, and a scroll position that moves only for a reader who is at the end.

import { fill, texts } from './texts.js';

const longestList = 500;
const groupMs = 3 * 60_000;
const nearEndPixels = 64;

export class MessageList {
  #scroller;
  #list;
  #jump;
  #unseen = 0;
  #atEnd = true;
  #lastTop = 0;

  constructor(scroller, list, jump) {
    this.#scroller = scroller;
    this.#list = list;
    this.#jump = jump;
    scroller.addEventListener('scroll', () => this.#look(), { passive: true });
    jump.addEventListener('click', () => this.toEnd());
    const keepEnd = new ResizeObserver(() => this.#look() && this.toEnd());
    keepEnd.observe(scroller);
    keepEnd.observe(list);
  }

  /** Adds what the room said. Own messages still on their way stay last, so that every page shows the room's order. */
  add(item) {
    const follow = this.#look();
    this.#insert(item);
    if (follow) {
      this.toEnd();
    } else if (item.matches('.message')) {
      this.#unseen++;
      this.#showJump();
    }
  }

  /** Adds an own message that is still on its way. */
  addPending(item) {
    this.#list.append(item);
    this.#tidy(item);
    this.toEnd();
  }

  /** Moves an own message to its place in the room's order. */
  settle(item) {
    const next = item.nextElementSibling;
    this.#insert(item);
    if (next)
      this.#group(next);
  }

  clear() {
    this.#list.replaceChildren();
    this.toEnd();
  }

  toEnd() {
    this.#atEnd = true;
    this.#unseen = 0;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
    this.#showJump();
  }

  #insert(item) {
    const firstPending = this.#list.querySelector(':scope > [data-state=pending]');
    if (!item.isConnected || item.nextElementSibling !== firstPending)
      this.#list.insertBefore(item, firstPending);
    this.#tidy(item);
  }

  #tidy(item) {
    this.#group(item);
    if (item.nextElementSibling)
      this.#group(item.nextElementSibling);
    if (this.#list.childElementCount > longestList)
      this.#list.firstElementChild.remove();
  }

  #group(item) {
    const before = item.previousElementSibling;
    const follows = item.dataset.openId !== undefined
      && before?.dataset.openId === item.dataset.openId
      && item.dataset.at - before.dataset.at < groupMs;
    item.classList.toggle('follows', follows);
  }

  // Is the reader at the end? Only a reader leaves it, and only upwards: a list that grew, or a window that shrank, has not been left.
  #look() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < nearEndPixels) {
      this.#atEnd = true;
      this.#unseen = 0;
    } else if (scrollTop < this.#lastTop) {
      this.#atEnd = false;
    }
    this.#lastTop = scrollTop;
    this.#showJump();
    return this.#atEnd;
  }

  #showJump() {
    this.#jump.hidden = this.#atEnd;
    this.#jump.textContent = this.#unseen > 0 ? fill(texts.newMessages, { count: this.#unseen }) : texts.toBottom;
  }
}
