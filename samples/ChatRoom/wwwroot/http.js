// Calls to the app server, and the failures that can be told in words.

const timeoutMs = 12_000;

/** A failure for people: `kind` names its words in texts.js, `status` is the HTTP status where there was one. */
export class Failure extends Error {
  constructor(kind, status = 0) {
    super(kind);
    this.kind = kind;
    this.status = status;
  }
}

/** GETs a path relative to the page. `body` is null when the answer is not JSON. */
export async function get(path, headers = {}) {
  try {
    const answer = await fetch(path, { headers, cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
    const text = await answer.text();
    return { status: answer.status, body: parse(text) };
  } catch (error) {
    throw new Failure(error.name === 'TimeoutError' ? 'timedOut' : 'unreachable');
  }
}

/** The value of a JSON text, or null where it is none. */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
