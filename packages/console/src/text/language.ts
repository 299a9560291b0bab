/** The languages of the console; Chinese is the first. */
export type Language = 'zh' | 'en';

/** The value of `lang` on the document, which is also what the API is asked in. */
export const languageTags: Record<Language, string> = { zh: 'zh-CN', en: 'en' };
