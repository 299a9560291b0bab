import { describe, expect, it } from 'vitest';
import { formatEql, parseEql, eqlDocumentSchema } from './index.ts';

const EXAMPLES = [
  `person where any holding where (product.kind = 'wealth' and maturity_date in next 7 days) and consents('marketing', 'sms')`,
  `person where count(event view_product where category = 'wealth' within last 30 days) >= 3 and not did(event purchase where category = 'wealth' within last 30 days)`,
  `person where sequence(event view_product within last 7 days then not event purchase within 24 hours same product_id)`,
  `person where avg(detail balance.aum by day in this month) < 0.8 * avg(detail balance.aum by day in last month)`,
  `person where any company via legal_representative where (any loan where end_date in this quarter and status = 'normal')`,
  `top 3 of event view_product.category by count within last 90 days`,
  `tier { '私行' when aum >= 6000000 cny '财富' when aum >= 50万 cny '潜力' when count(event salary_in within last 90 days) >= 3 else '大众' }`,
  `person where streak(event login by week) >= 4 and not did(event login within last 60 days)`,
  `rfm(event purchase, value amount, within last 365 days, buckets 5)`,
  `person where managed_by = $viewer and entered(segment large_outflow within last 7 days)`,
  `person where anniversary(birth_date) in next 3 days`,
  `person where share(count(event trade where channel = 'app'), count(event trade)) >= 0.7 within last 180 days`,
  `person where active_share(event login on friday between 20:00 and 22:00, within last 12 weeks) >= 0.5`,
  `person`,
  `company where size(tags) > 2 in time zone 'Asia/Tokyo'`,
  `person where vip in time zone 'Asia/Tokyo'`,
  `person where not (vip) and (vip or age > 3 and vip) in time zone of person`,
  `person where -(a - -3) * 2 <= 1e21 or (a or b) and not (c = 'it''s' and name not contains '张') -- comment`,
  "person where `where` = `any thing`.x and mark not in (1, 2) and tag level = 3 and x contains any ('a')",
];

describe('EQL text', () => {
  it.each(EXAMPLES)('reads %s, and its own formatting, as the same document', (text) => {
    const parsed = parseEql(text);
    expect(parsed.problem).toBeUndefined();
    const document = eqlDocumentSchema.parse(parsed.document);
    const formatted = formatEql(document);
    expect(parseEql(formatted).document, formatted).toEqual(document);
  });
});
