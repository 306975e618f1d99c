/**
 * Tax information of officials stays out of a 支援会議 file (福井市; the tax offices' own secrecy is not lifted by 106条の6). The form
 * says so, and this check refuses what looks like it. What the person told by themselves is not an official's knowledge.
 */
import type { ItemSource } from '#contracts/case.ts';

const TAX =
  /(?:非?課税(?:額|証明|台帳|世帯|所得)?|所得(?:額|証明|金額|割)|税額|(?:市|住|県|町)民税|固定資産税|軽自動車税|所得税|相続税|国民?健康?保険税|国保税|納税|滞納(?:税|額|処分|整理)|税(?:の|を)?滞納|徴税|収税|確定申告|源泉徴収|給与支払報告|扶養控除|控除額|差押(?:調書|通知))/gu;
const TAX_OFFICE = /(?:税務|課税|市民税|住民税|資産税|納税|収税|徴収|債権回収)/u;

export type TaxFault = { why: 'tax_information' | 'tax_office'; words: string[] };

/** @returns what has to go before the item may be kept; null when nothing looks like tax information. */
export function taxFault(item: { text: string; body: string; source: ItemSource }): TaxFault | null {
  const office = TAX_OFFICE.exec(item.body.normalize('NFKC'));
  if (office !== null) return { why: 'tax_office', words: [office[0]] };
  if (item.source === 'own_words') return null;
  const words = [...item.text.normalize('NFKC').matchAll(TAX)].map(([word]) => word);
  return words.length === 0 ? null : { why: 'tax_information', words: [...new Set(words)] };
}
