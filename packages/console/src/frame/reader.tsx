/**
 * The reader: the language, the bank's time zone and the platform's clock, and the formatters that follow from them.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Language } from '../text/language.ts';
import { languageTags } from '../text/language.ts';
import type { Text } from '../text/text.ts';
import { en } from '../text/en.ts';
import { zh } from '../text/zh.ts';
import * as numbers from '../format/numbers.ts';
import * as times from '../format/times.ts';

/** Formatters bound to the language and the zone. */
export interface Formatters {
  integer: (value: number | null | undefined) => string;
  decimal: (value: number | null | undefined, digits?: number) => string;
  compact: (value: number | null | undefined) => string;
  yuan: (value: number | null | undefined) => string;
  percent: (share: number | null | undefined, digits?: number) => string;
  points: (difference: number | null | undefined, digits?: number) => string;
  pValue: (value: number | null | undefined) => string;
  date: (instant: times.Instant) => string;
  dateTime: (instant: times.Instant) => string;
  shortTime: (instant: times.Instant) => string;
  timeOfDay: (instant: times.Instant) => string;
  duration: (durationMs: number | null | undefined) => string;
}

interface Reader {
  language: Language;
  setLanguage: (language: Language) => void;
  text: Text;
  timeZone: string;
  setTimeZone: (timeZone: string) => void;
  format: Formatters;
}

const LANGUAGE_KEY = 'wutong.language';
const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

const ReaderContext = createContext<Reader | undefined>(undefined);

function formattersFor(language: Language, timeZone: string): Formatters {
  return {
    integer: (value) => numbers.formatInteger(value, language),
    decimal: (value, digits) => numbers.formatDecimal(value, language, digits),
    compact: (value) => numbers.formatCompact(value, language),
    yuan: (value) => numbers.formatYuan(value, language),
    percent: numbers.formatPercent,
    points: numbers.formatPoints,
    pValue: numbers.formatPValue,
    date: (instant) => times.formatDate(instant, timeZone),
    dateTime: (instant) => times.formatDateTime(instant, timeZone),
    shortTime: (instant) => times.formatShortTime(instant, timeZone),
    timeOfDay: (instant) => times.formatTimeOfDay(instant, timeZone),
    duration: (durationMs) => times.formatDuration(durationMs, language),
  };
}

function rememberedLanguage(): Language {
  const asked = new URLSearchParams(window.location.search).get('lang') ?? localStorage.getItem(LANGUAGE_KEY);
  return asked === 'en' ? 'en' : 'zh';
}

export function ReaderProvider({ children }: { children: ReactNode }) {
  const [language, chooseLanguage] = useState<Language>(rememberedLanguage);
  const [timeZone, setTimeZone] = useState(DEFAULT_TIME_ZONE);
  useEffect(() => {
    document.documentElement.lang = languageTags[language];
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(LANGUAGE_KEY, next);
    document.documentElement.lang = languageTags[next];
    chooseLanguage(next);
  }, []);
  const reader = useMemo<Reader>(
    () => ({
      language,
      setLanguage,
      text: language === 'zh' ? zh : en,
      timeZone,
      setTimeZone,
      format: formattersFor(language, timeZone),
    }),
    [language, setLanguage, timeZone],
  );
  return <ReaderContext.Provider value={reader}>{children}</ReaderContext.Provider>;
}

/** Everything that depends on who reads: text, language, zone, formatters. */
export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error('useReader needs a ReaderProvider above it');
  return reader;
}

/** The strings of the reader's language. */
export function useText(): Text {
  return useReader().text;
}

/** The formatters of the reader's language and the bank's zone. */
export function useFormat(): Formatters {
  return useReader().format;
}
