// The phone page's words.
import { dictionary, type Words } from '@khiw/ui-kit/words';

import en from '../../../config/locales/pages/phone/en.json';
import th from '../../../config/locales/pages/phone/th.json';
import vi from '../../../config/locales/pages/phone/vi.json';

export type PhoneWords = Words<typeof en>;
export const phoneWords = dictionary<typeof en>({ en, th, vi });
