// The corpus: boundaries of every length of UTF-8, and every way to get it wrong (RFC 3629 §3, §4, §10).

export interface Sample {
  /** Part of case ids. */
  readonly name: string;
  readonly about: string;
  readonly bytes: Buffer;
}

function sample(name: string, hex: string, about: string): Sample {
  return { name, about, bytes: Buffer.from(hex.replaceAll(" ", ""), "hex") };
}

export const validSamples: readonly Sample[] = [
  sample("nul", "00", "U+0000"),
  sample("first-of-2", "c2 80", "U+0080, the first of two octets"),
  sample("first-of-3", "e0 a0 80", "U+0800, the first of three octets"),
  sample("first-of-4", "f0 90 80 80", "U+10000, the first of four octets"),
  sample("last-of-1", "7f", "U+007F, the last of one octet"),
  sample("last-of-2", "df bf", "U+07FF, the last of two octets"),
  sample("last-of-3", "ef bf bf", "U+FFFF, the last of three octets, a non-character"),
  sample("last-of-4", "f4 8f bf bf", "U+10FFFF, the last of all, a non-character"),
  sample("before-surrogates", "ed 9f bf", "U+D7FF, just below the surrogates"),
  sample("after-surrogates", "ee 80 80", "U+E000, just above the surrogates, private use"),
  sample("replacement", "ef bf bd", "U+FFFD itself"),
  sample("bom-first", "ef bb bf 41", "U+FEFF at the start, which must not be stripped"),
  sample("bom-alone", "ef bb bf", "U+FEFF alone"),
  sample("bom-twice", "ef bb bf ef bb bf", "U+FEFF twice"),
  sample("non-characters-bmp", "ef b7 90 ef b7 af ef bf be", "U+FDD0, U+FDEF, U+FFFE"),
  sample("non-characters-planes", "f0 9f bf be f0 9f bf bf f4 8f bf be", "U+1FFFE, U+1FFFF, U+10FFFE"),
  sample("private-use", "ee 80 80 ef a3 bf f3 b0 80 80 f4 80 80 80", "the private use areas"),
  sample("plane-1", "f0 9d 84 9e", "U+1D11E"),
  sample("plane-15", "f3 bf bf bd", "U+FFFFD"),
  sample("greek", "ce ba e1 bd b9 cf 83 ce bc ce b5", "the word κόσμε"),
  sample(
    "combining",
    "65 cc 81 cc 82 cc 83",
    "a letter with three combining marks, which must not be composed",
  ),
  sample("zero-width", "e2 80 8d e2 80 8b e2 81 a0", "joiners and zero-width spaces"),
  sample("line-ends", "0d 0a 0a 0d c2 85 e2 80 a8", "line ends of every kind, which must not be converted"),
  sample("mixture", "41 c3 a9 e2 82 ac f0 9f 98 80 7a", "one, two, three, four octets and one again"),
];

export const invalidSamples: readonly Sample[] = [
  sample("lone-continuation-80", "80", "a continuation octet alone"),
  sample("lone-continuation-bf", "bf", "the last continuation octet alone"),
  sample("continuations", "80 bf 80 bf", "continuation octets only"),
  sample("continuation-after-ascii", "41 80 41", "a continuation octet between letters"),
  sample("one-too-many", "c3 a9 80", "a continuation octet behind a finished character"),
  sample("overlong-2-slash", "c0 af", "U+002F in two octets"),
  sample("overlong-2-nul", "c0 80", "U+0000 in two octets"),
  sample("overlong-2-last", "c1 bf", "U+007F in two octets"),
  sample("overlong-3-slash", "e0 80 af", "U+002F in three octets"),
  sample("overlong-3-last", "e0 9f bf", "U+07FF in three octets"),
  sample("overlong-4-slash", "f0 80 80 af", "U+002F in four octets"),
  sample("overlong-4-last", "f0 8f bf bf", "U+FFFF in four octets"),
  sample("overlong-5", "f8 80 80 80 af", "U+002F in five octets"),
  sample("overlong-6", "fc 80 80 80 80 af", "U+002F in six octets"),
  sample("surrogate-first-high", "ed a0 80", "U+D800"),
  sample("surrogate-last-high", "ed af bf", "U+DBFF"),
  sample("surrogate-first-low", "ed b0 80", "U+DC00"),
  sample("surrogate-last-low", "ed bf bf", "U+DFFF"),
  sample("surrogate-pair", "ed a0 b4 ed b4 9e", "U+1D11E as a pair of surrogates (CESU-8)"),
  sample("too-high-first", "f4 90 80 80", "U+110000"),
  sample("too-high-f5", "f5 80 80 80", "U+140000"),
  sample("too-high-f7", "f7 bf bf bf", "U+1FFFFF"),
  sample("five-octets", "f8 88 80 80 80", "U+200000 in five octets"),
  sample("six-octets", "fc 84 80 80 80 80", "U+4000000 in six octets"),
  sample("impossible-fe", "fe", "an octet that UTF-8 never has"),
  sample("impossible-ff", "ff", "an octet that UTF-8 never has"),
  sample("utf16-bom", "fe ff 00 41", "UTF-16"),
  sample("latin1", "63 61 66 e9 21", "Latin-1"),
  sample("truncated-2", "c3", "the first of two octets, then the end"),
  sample("truncated-3", "e2 82", "two of three octets, then the end"),
  sample("truncated-3-early", "e2", "one of three octets, then the end"),
  sample("truncated-4", "f0 9f 98", "three of four octets, then the end"),
  sample("truncated-4-early", "f0 9f", "two of four octets, then the end"),
  sample("broken-2", "c3 41", "a letter where the second octet should be"),
  sample("broken-3", "e2 82 41", "a letter where the third octet should be"),
  sample("broken-3-early", "e2 41 41", "a letter where the second of three should be"),
  sample("broken-4", "f0 9f 98 41", "a letter where the fourth octet should be"),
  sample("broken-by-lead", "e2 82 c3 a9", "a new character where the third octet should be"),
  sample(
    "late",
    "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64",
    "κόσμε, a surrogate, and letters",
  ),
];
