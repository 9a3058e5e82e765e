// Counts in the tab's title what came while nobody looked.

let count = 0;
let title = '';

/** Call for each message that came in. */
export function countUnread() {
  if (!document.hidden)
    return;
  if (count === 0)
    title = document.title;
  document.title = `(${++count}) ${title}`;
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && count > 0) {
    document.title = title;
    count = 0;
  }
});
