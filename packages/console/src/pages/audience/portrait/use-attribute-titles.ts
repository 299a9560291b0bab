import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';

/** Titles of attributes in the reader's language, and their amounts in their units. */
export function useAttributeTitles() {
  const { format, language, text } = useReader();
  const catalogue = useCatalogue();
  const declared = (name: string) => catalogue?.attributes.find((each) => each.name === name);
  return {
    title: (name: string, fallback: string) => declared(name)?.title[language] ?? fallback,
    amount: (name: string, amount: number): string => {
      const unit = declared(name)?.unit;
      if (unit === 'cny') return format.yuan(amount);
      if (unit === 'percent') return `${format.decimal(amount)}%`;
      const word = unit && ((text.units as Record<string, string | undefined>)[unit] ?? unit);
      return word ? `${format.decimal(amount)} ${word}` : format.decimal(amount);
    },
  };
}
