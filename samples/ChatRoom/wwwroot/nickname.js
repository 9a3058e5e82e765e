// Pleasant nicknames for people who do not want to think of one.

import { isChinese } from './texts.js';

const words = isChinese
  ? {
      first: ['爱笑的', '早起的', '晒太阳的', '吃瓜的', '追风的', '慢悠悠的', '好奇的', '不困的', '赶路的', '种花的', '看云的', '哼歌的'],
      second: ['熊猫', '水獭', '橘猫', '柴犬', '企鹅', '海豚', '松鼠', '刺猬', '小鹿', '鲸鱼', '考拉', '三木'],
      between: '',
    }
  : {
      first: ['Sunny', 'Curious', 'Gentle', 'Early', 'Wandering', 'Cheerful', 'Quiet', 'Humming', 'Lucky', 'Cosy', 'Bright', 'Breezy'],
      second: ['Otter', 'Panda', 'Robin', 'Koala', 'Penguin', 'Dolphin', 'Squirrel', 'Hedgehog', 'Fox', 'Whale', 'Puffin', 'Badger'],
      between: ' ',
    };

/** A random nickname other than `current`. */
export function suggestNickname(current = '') {
  let name;
  do
    name = pick(words.first) + words.between + pick(words.second);
  while (name === current);
  return name;
}

function pick(list) {
  return list[Math.floor(Math.random() * list.length)];
}
