/** Rules over the test bank that ask how often something happened, and hold for some only at exactly so many events. */
export const COUNTING_RULES: readonly string[] = [
  'person where count(event login) = 1',
  'person where count(event login) >= 2',
  'person where count(event login within last 30 hours) between 2 and 3',
  'person where count(event view_product within last 2 days) = 0',
  'person where count(event view_product within last 3 hours) != 1',
  "person where count(event view_product where category = 'fund' within last 5 days) < 2 and age < 50",
  "person where not did(event purchase within last 24 hours) and did(event purchase where category = 'wealth')",
  'person where count(event trade within today) > 0 or count(event trade within yesterday) >= 2',
  'person where count(event purchase within next 1 hours) > 0',
  "person where share(count(event view_product where category = 'fund'), count(event view_product)) >= 0.5 within last 4 days",
  'person where count(event login within last 6 days) > count(event trade within last 6 days)',
  'person where count(event trade) * 10 > age',
  "person where consents('marketing', 'sms') and count(event login within last 12 hours) <= 1",
];
