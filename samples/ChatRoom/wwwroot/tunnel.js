// The client end of a tunnel: a WebSocket with text frames, a heartbeat, and a reconnect that does not give up.

import { Failure, parse } from './http.js';

const defaultPingMs = 15_000;
const openTimeoutMs = 10_000;
const longestWaitSeconds = 5;
const attemptsWhileHidden = 5;

/**
 * `requestUrl` asks the app server for a new tunnel.
 * `onState(state, reason)`: state is connecting, online, reconnecting (reason: Failure or null) or closed (reason: 'server' or 'left').
 * `onMessage(type, content)` gets every message of the app.
 */
export class Tunnel {
  #requestUrl;
  #onState;
  #onMessage;
  #socket = null;
  #queue = [];
  #turn = 0;
  #attempts = 0;
  #attemptsHidden = 0;
  #waiting = false;
  #closed = false;
  #retryTimer;
  #openTimer;
  #heartTimer;
  #pingMs = defaultPingMs;
  #awaitsPong = false;
  #wakeUp = new AbortController();

  constructor(requestUrl, onState, onMessage) {
    this.#requestUrl = requestUrl;
    this.#onState = onState;
    this.#onMessage = onMessage;
    const { signal } = this.#wakeUp;
    document.addEventListener('visibilitychange', () => this.#visible(), { signal });
    addEventListener('online', () => this.retry(), { signal });
  }

  open() {
    this.#onState('connecting', null);
    this.#connect();
  }

  /** Sends a message, now or as soon as the tunnel is open; `onSent` is called when it went out. */
  emit(type, content, onSent) {
    if (this.#closed)
      return;
    this.#queue.push({ frame: `message:${JSON.stringify({ type, content })}`, onSent });
    this.#flush();
  }

  /** Ends the wait for the next attempt, if there is one. */
  retry() {
    if (this.#waiting)
      this.#connect();
  }

  /** Leaves for good: the server is told, so that it need not wait for a reconnect. */
  close() {
    if (this.#isOpen)
      this.#socket.send('close');
    this.#end('left');
  }

  get isClosed() {
    return this.#closed;
  }

  get #isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async #connect() {
    clearTimeout(this.#retryTimer);
    this.#waiting = false;
    const turn = ++this.#turn;
    try {
      const url = await this.#requestUrl();
      if (turn === this.#turn)
        this.#attach(new WebSocket(url));
    } catch (error) {
      if (turn === this.#turn)
        this.#reconnect(error instanceof Failure ? error : new Failure('badAnswer'));
    }
  }

  #attach(socket) {
    this.#socket = socket;
    const current = handle => event => {
      if (socket === this.#socket)
        handle(event);
    };
    socket.addEventListener('open', current(() => this.#opened()));
    socket.addEventListener('message', current(event => this.#frame(event.data)));
    socket.addEventListener('close', current(() => this.#reconnect(null)));
    this.#openTimer = setTimeout(current(() => this.#reconnect(new Failure('timedOut'))), openTimeoutMs);
  }

  #opened() {
    clearTimeout(this.#openTimer);
    this.#awaitsPong = false;
    this.#pingMs = defaultPingMs;
    this.#pingLater();
    this.#onState('online', null);
    this.#flush();
  }

  #frame(frame) {
    if (typeof frame !== 'string')
      return;
    const colon = frame.indexOf(':');
    const type = colon < 0 ? frame : frame.slice(0, colon);
    const content = colon < 0 ? '' : frame.slice(colon + 1);
    switch (type) {
      case 'timeout':
        if (Number(content) > 0)
          this.#pingMs = Number(content) * 1000;
        this.#ping();
        break;
      case 'pong':
        this.#attempts = 0;
        this.#awaitsPong = false;
        this.#pingLater();
        break;
      case 'message': {
        const message = parse(content);
        if (typeof message?.type === 'string')
          this.#onMessage(message.type, message.content);
        break;
      }
      case 'close':
        this.#end('server');
        break;
    }
  }

  #pingLater() {
    clearTimeout(this.#heartTimer);
    this.#heartTimer = setTimeout(() => this.#ping(), this.#pingMs);
  }

  #ping() {
    if (!this.#isOpen || this.#awaitsPong)
      return;
    this.#socket.send('ping');
    this.#awaitsPong = true;
    clearTimeout(this.#heartTimer);
    this.#heartTimer = setTimeout(() => this.#reconnect(new Failure('timedOut')), this.#pingMs);
  }

  #flush() {
    while (this.#isOpen && this.#queue.length > 0) {
      const { frame, onSent } = this.#queue.shift();
      this.#socket.send(frame);
      onSent?.();
    }
  }

  // 1, 2, 3, 4, 5, 5, … seconds like the official client, spread so that a restarted server is not met by everyone at once.
  #reconnect(failure) {
    this.#detach();
    this.#attempts++;
    this.#waiting = true;
    this.#onState('reconnecting', failure);
    if (document.hidden && ++this.#attemptsHidden > attemptsWhileHidden)
      return;
    const seconds = Math.min(this.#attempts, longestWaitSeconds) * (0.75 + Math.random() / 4);
    this.#retryTimer = setTimeout(() => this.#connect(), seconds * 1000);
  }

  // A page that comes to the front wants its answer now: a socket that slept may be dead without having said so.
  #visible() {
    if (document.hidden)
      return;
    this.#attemptsHidden = 0;
    this.retry();
    this.#ping();
  }

  #end(reason) {
    this.#closed = true;
    this.#turn++;
    this.#queue = [];
    this.#waiting = false;
    this.#detach();
    this.#wakeUp.abort();
    this.#onState('closed', reason);
  }

  #detach() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#openTimer);
    clearTimeout(this.#heartTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }
}
