import type { LinkageSet } from './draw-values.ts';
import { contacts, sparsePeople, voters } from './people-sets.ts';
import { chineseCompanies, companies, papers, payments, products, restaurants } from './trade-sets.ts';

/** Labelled sets made up in the shapes in which record linking is tried, by code that knows nothing of the linker. */
export const linkageSets = {
  payments: () => payments(20_000),
  companies: () => companies(4000),
  chineseCompanies: () => chineseCompanies(4000),
  papers: () => papers(2500),
  products: () => products(1400),
  restaurants,
  voters: () => voters(5000),
  contacts: () => contacts(2500),
  sparsePeople: () => sparsePeople(3000),
} satisfies Record<string, () => LinkageSet>;

export type { LinkageSet };
