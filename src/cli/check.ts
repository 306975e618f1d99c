import { join } from 'node:path';
import { checkContent } from '#content/check-content.ts';
import type { Finding } from '#contracts/finding.ts';
import { dictionaryFindings } from './dictionary-findings.ts';
import type { Out } from './out.ts';
import { talkFindings } from './talk-findings.ts';

export interface CheckOptions {
  root: string;
  now: number;
  city?: string;
  production?: boolean;
  json?: boolean;
}

/** `tsunagi check`. @returns 1 when there is an error, 0 when there are none or warnings only. */
export async function check(options: CheckOptions, io: Out): Promise<number> {
  const { root, now, city, production } = options;
  const findings = [
    ...(await checkContent({
      dir: join(root, 'flows'),
      now,
      ...(production === undefined ? {} : { production }),
      ...(city === undefined ? {} : { municipality: city }),
    })),
    ...(await talkFindings(root)),
    ...(await dictionaryFindings(root)),
  ];
  io.stdout.write(options.json ? `${JSON.stringify(findings, null, 2)}\n` : asText(findings));
  return findings.some((finding) => finding.level === 'error') ? 1 : 0;
}

/** One finding in two lines: where and what, then what to do. */
function asText(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.level === 'error').length;
  const lines = findings.map((finding) => {
    const mark = finding.level === 'error' ? '×' : '△';
    const place = finding.line > 0 ? `${finding.file}:${finding.line}` : finding.file;
    return `${mark} ${place}\n   ${finding.what}\n   → ${finding.remedy}\n`;
  });
  const total =
    findings.length === 0
      ? '問題は見つかりませんでした。\n'
      : `直すところ ${errors}件、気をつけるところ ${findings.length - errors}件\n`;
  return `${lines.join('')}${total}`;
}
