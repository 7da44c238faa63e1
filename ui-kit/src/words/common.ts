// Words every page shares: waits, times, connection.
import en from '../../../config/locales/pages/common/en.json';
import lo from '../../../config/locales/pages/common/lo.json';
import ms from '../../../config/locales/pages/common/ms.json';
import my from '../../../config/locales/pages/common/my.json';
import th from '../../../config/locales/pages/common/th.json';
import vi from '../../../config/locales/pages/common/vi.json';
import zh from '../../../config/locales/pages/common/zh.json';
import { dictionary, type Words } from './dictionaries';

export type CommonWords = Words<typeof en>;
export const commonWords = dictionary<typeof en>({ en, th, vi, ms, lo, my, zh });
