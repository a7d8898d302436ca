/** Texts and their words: every platform has to find the same. */
export const searchedTexts: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['Hello, Helper! HELLO.', ['hello', 'helper', 'hello']],
  ['Grüße aus ZÜRICH, Zu\u0308rich', ['grüsse', 'aus', 'zürich', 'zürich']],
  ['STRASSE straße ẞ', ['strasse', 'strasse', 'ss']],
  ['ΟΔΟΣ οδός οδοσ', ['οδοσ', 'οδόσ', 'οδοσ']],
  ['ﬁne ①② ｆｕｌｌ', ['fine', '12', 'full']],
  ['req_12 bookFlight', ['req', '12', 'bookflight']],
  ['https://example.com/a?b=c%20d', ['https', 'example', 'com', 'a', 'b', 'c', '20d']],
  ['don’t it’s', ['don', 't', 'it', 's']],
  ['東京都へ。', ['東京', '京都', '都へ', 'へ']],
  ['Tokyo東京2026', ['tokyo', '東京', '京', '2026']],
  ['한국어 서울', ['한국어', '서울']],
  ['привет МИР', ['привет', 'мир']],
  ['हिन्दी', ['हिन्दी']],
  ['ไทย', ['ไท', 'ทย', 'ย']],
  ['🎉 -- \ud800 ', []],
];
