import type { BodyInputOf } from '@wutong/contract';
import { contentApi } from '@wutong/contract';
import { RENEWAL_PRODUCT } from '../bank/products.ts';
import { RENEWAL_SLOT } from './renewal.ts';

type ContentInput = BodyInputOf<typeof contentApi.createContent>;

const { name: product, yieldPercent } = RENEWAL_PRODUCT;
const link = 'https://example.com/wealth/renewal';

/** What the demo's strategies say: the offer in two tellings, the manager's script, the receipt. */
export const CONTENTS: readonly ContentInput[] = [
  {
    contentId: 'renewal_yield',
    name: '到期续接 · 讲收益',
    purpose: 'marketing',
    variants: {
      in_app: {
        slot: RENEWAL_SLOT,
        title: '您的理财即将到期',
        body: `${product}，业绩比较基准 ${yieldPercent}%，到期资金一键续接`,
        link,
      },
      push: { title: '理财即将到期', body: `${product} 业绩比较基准 ${yieldPercent}%，点击查看`, link },
      sms: {
        text: `【梧桐银行】您的理财即将到期。${product}业绩比较基准${yieldPercent}%，理财非存款、产品有风险，详见{{ link }} 拒收请回复R`,
        link,
      },
    },
  },
  {
    contentId: 'renewal_ease',
    name: '到期续接 · 讲省心',
    purpose: 'marketing',
    variants: {
      in_app: {
        slot: RENEWAL_SLOT,
        title: '到期不用等，资金不闲置',
        body: `一键续接${product}，三步完成`,
        link,
      },
      push: { title: '到期资金，一键续接', body: `三步续接${product}，资金不空档`, link },
      sms: {
        text: `【梧桐银行】您的理财即将到期，一键续接${product}，资金不空档。理财非存款、产品有风险，详见{{ link }} 拒收请回复R`,
        link,
      },
    },
  },
  {
    contentId: 'renewal_call',
    name: '到期续接 · 客户经理话术',
    purpose: 'marketing',
    variants: {
      task: {
        title: '理财到期跟进',
        script: `您好，我是您的客户经理。您的理财近期到期，给您介绍一下${product}（风险等级 ${RENEWAL_PRODUCT.riskLevel}），是否方便？`,
        reason: '理财 7 天内到期，已触达两天仍未续接，管理资产 30 万元以上',
      },
    },
  },
  {
    contentId: 'renewal_receipt',
    name: '续接回执',
    purpose: 'service',
    variants: {
      email: {
        subject: '续接成功：您的资金已转入新产品',
        text: `{{ person.name }}，您好：\n\n您已成功续接${product}（风险等级 ${RENEWAL_PRODUCT.riskLevel}）。份额确认后可在手机银行“我的理财”中查看。\n\n如非本人操作，请尽快联系您的客户经理。\n\n梧桐示范银行`,
        html: `<p>{{ person.name }}，您好：</p><p>您已成功续接<strong>${product}</strong>（风险等级 ${RENEWAL_PRODUCT.riskLevel}）。份额确认后可在手机银行“我的理财”中查看。</p><p>如非本人操作，请尽快联系您的客户经理。</p><p>梧桐示范银行</p>`,
      },
    },
  },
];
