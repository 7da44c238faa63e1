export { type CommonWords, commonWords } from './common';
export { dictionary, type Files, type Words } from './dictionaries';
export { isLanguage, type Language, LANGUAGES, named, preferred, spoken } from './language';
export { type Counted, count, type Facts, say, unbroken } from './say';
