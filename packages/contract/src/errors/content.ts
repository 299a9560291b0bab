import { defineErrors } from './error-definition.ts';

/** Errors of content: templates, versions, approval, rendering. */
export const contentErrors = defineErrors({
  content_same_person: {
    status: 403,
    en: 'You wrote this version, so somebody else has to approve it.',
    zh: '该版本由您编写，须由他人审批。',
  },
  content_not_found: {
    status: 404,
    en: 'There is no such content or version; choose one from the content list.',
    zh: '没有该内容或版本；请从内容列表中选择。',
  },
  content_hash_differs: {
    status: 409,
    en: 'The version you looked at is not the stored one; reload it, read it again and approve the new hash.',
    zh: '您看到的版本与存储的版本不一致；请刷新并重新审阅后再审批。',
  },
  content_has_problems: {
    status: 422,
    en: 'The content breaks the rules listed in `details`; write a corrected version and submit that.',
    zh: '内容违反 details 中列出的规则；请修改后另存新版本再提交。',
  },
  content_render_failed: {
    status: 422,
    en: 'The template could not be rendered for this person; correct the variable or filter named in `details`.',
    zh: '无法为该客户渲染模板；请修正 details 中指出的变量或过滤器。',
  },
  content_channel_missing: {
    status: 422,
    en: 'This content has no text for the channel; add the variant named in `details` or choose another content.',
    zh: '该内容没有此渠道的文案；请补充 details 中的渠道文案或换用其他内容。',
  },
  content_not_approved: {
    status: 409,
    en: 'Only an approved version may be sent; have it approved first.',
    zh: '只有审批通过的版本才能发送；请先完成审批。',
  },
});
