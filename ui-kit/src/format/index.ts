export { ageWords, clockTime, dayKey, type Hall, longDate, openingWords, shortDate } from './moment';
export { HUES, queueHue } from './queue-hue';
export { type Range, rangeMin, rangeWords } from './wait';
