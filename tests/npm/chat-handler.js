'use strict';

/** The chat demo: everyone hears who enters, who leaves and who says what. */
exports.ChatHandler = class ChatHandler {
  #users = new Map();
  #connected = new Set();
  #tunnels;

  constructor(tunnels) {
    this.#tunnels = tunnels;
  }

  onRequest(tunnelId, userInfo) {
    this.#users.set(tunnelId, userInfo);
  }

  onConnect(tunnelId) {
    if (!this.#isKnown(tunnelId))
      return;
    this.#connected.add(tunnelId);
    this.#broadcast('people', { total: this.#connected.size, enter: this.#users.get(tunnelId) });
  }

  onMessage(tunnelId, type, content) {
    if (type === 'speak' && this.#isKnown(tunnelId))
      this.#broadcast('speak', { who: this.#users.get(tunnelId), word: content.word });
  }

  onClose(tunnelId) {
    const leave = this.#users.get(tunnelId);
    this.#users.delete(tunnelId);
    this.#connected.delete(tunnelId);
    if (leave && this.#connected.size > 0)
      this.#broadcast('people', { total: this.#connected.size, leave });
  }

  #isKnown(tunnelId) {
    if (this.#users.has(tunnelId))
      return true;
    this.#tunnels.closeTunnel(tunnelId).catch(fail);
    return false;
  }

  #broadcast(type, content) {
    this.#tunnels.broadcast([...this.#connected], type, content)
      .then(({ data }) => (data?.invalidTunnelIds ?? []).forEach((tunnelId) => this.#connected.delete(tunnelId)))
      .catch(fail);
  }
};

/** A call that the tunnel server refuses must not pass unseen: it ends the process, and the test with it. */
function fail(error) {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
