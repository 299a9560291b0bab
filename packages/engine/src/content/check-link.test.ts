import { describe, expect, it } from 'vitest';
import { manualClock } from '../platform/index.ts';
import { checkVariants } from './check-content.ts';
import { createTemplateRenderer } from './render-template.ts';

const renderer = createTemplateRenderer(manualClock(0), 'Asia/Shanghai');
const rules = { forbiddenWords: [] };
const codesOf = (link: string): string[] =>
  checkVariants({ push: { title: '标题', body: '正文', link } }, 'marketing', rules, renderer).map(
    ({ severity, code }) => `${severity} ${code}`,
  );

describe('where a link leads', () => {
  it.each([
    'https://bank.example/wealth',
    'http://bank.example:8443/a?b=c',
    '/wealth/renewal',
    'wutongbank://product/1',
    '{{ link_base }}/wealth',
    'https://bank.example/{{ message_id }}',
  ])('%s is fine', (link) => expect(codesOf(link)).toEqual([]));

  it.each([
    '//evil.example/x',
    '/\\evil.example',
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'bank.example/wealth',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:7500/',
    'http://0x7f000001/',
    'https://[::1]/',
    'https://[fd00::1]/',
    'http://localhost/x',
    'https://10.1.2.3/',
    'https://',
  ])('%s is refused', (link) => expect(codesOf(link)).toEqual(['error bad_link']));

  it('warns of personal data in somebody else’s address, not in the bank’s own path', () => {
    expect(codesOf('https://ads.example/?n={{ person.name }}')).toEqual(['warning personal_data_in_link']);
    expect(codesOf('/me/{{ person.name }}')).toEqual([]);
  });
});
