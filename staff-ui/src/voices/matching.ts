// Which word a file is of, by its name: the word's own name (`letter-a.wav`) or its text (`เอ.mp3`). Pure.

export interface Named {
  readonly token: string;
  readonly text: string;
}

/** Null when the name is no word of this voice. Two words may be written alike: the first one has the file. */
export function wordOf<Word extends Named>(file_name: string, words: readonly Word[]): Word | null {
  const name = plain(file_name.replace(/\.[^.]*$/, ''));
  return words.find(({ token }) => plain(token) === name) ?? words.find(({ text }) => plain(text) === name) ?? null;
}

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/[\s_]+/g, ' ').trim();
}
