// The kiosk's words. Languages without a complete file fall back to English word by word.
import { dictionary, type Words } from '@khiw/ui-kit/words';

import en from '../../../config/locales/pages/kiosk/en.json';
import lo from '../../../config/locales/pages/kiosk/lo.json';
import ms from '../../../config/locales/pages/kiosk/ms.json';
import my from '../../../config/locales/pages/kiosk/my.json';
import th from '../../../config/locales/pages/kiosk/th.json';
import vi from '../../../config/locales/pages/kiosk/vi.json';
import zh from '../../../config/locales/pages/kiosk/zh.json';

export type KioskWords = Words<typeof en>;
export const kioskWords = dictionary<typeof en>({ en, th, vi, ms, lo, my, zh });
