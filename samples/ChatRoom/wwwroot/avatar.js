// A person's face: initials on a colour that follows from the openId. Remote images are never loaded.

const hues = 18;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Shows the person in an existing element. */
export function paintAvatar(element, user, name) {
  element.textContent = initials(name);
  setHue(element, user);
}

/** Gives an element the person's colour, as the custom property --hue. */
export function setHue(element, user) {
  element.style.setProperty('--hue', String(hash(user.openId ?? '') % hues * (360 / hues)));
}

// "Sunny Otter" → SO, "三木" → 三, "👩‍🚀 Ada" → 👩‍🚀
function initials(name) {
  const [first, ...rest] = name.trim().split(/\s+/);
  const letters = [first, rest.at(-1) ?? ''].map(firstGrapheme);
  const both = letters.every(letter => /^\p{Alphabetic}$/u.test(letter) && !isHan(letter));
  return (both ? letters.join('') : letters[0]).toUpperCase();
}

function firstGrapheme(text) {
  return graphemes.segment(text)[Symbol.iterator]().next().value?.segment ?? '';
}

function isHan(letter) {
  return /\p{Script=Han}/u.test(letter);
}

// FNV-1a
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
