/**
 * What a refinement has to say, in both languages, as the second argument of `refine`. The server says it in the
 * caller's; `message` stays free, because a message of the schema would win over the language.
 */
export const sentence = (zh: string, en: string): { params: { zh: string; en: string } } => ({
  params: { zh, en },
});
