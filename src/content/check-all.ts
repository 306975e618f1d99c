import type { Finding } from '#contracts/finding.ts';
import { TEXT_KEYS } from '#contracts/texts.ts';
import { checkFlow } from './check-flow.ts';
import { checkMunicipality } from './check-municipality.ts';
import { checkTexts } from './check-texts.ts';
import type { City, Common } from './read-all.ts';
import { CRISIS_KINDS, SPEAKERS } from './schemas.ts';
import { maybe } from './suggest.ts';

export function checkCommon(common: Common): Finding[] {
  const findings = [...common.findings];
  const { textsSource, crisisSource, crisis } = common;
  if (textsSource !== null) {
    for (const key of TEXT_KEYS.filter((name) => common.texts[name] === undefined)) {
      findings.push({
        file: textsSource.file,
        line: 0,
        level: 'error',
        what: `言いまわし「${key}」がありません。`,
        remedy: `${key.replace('.', ': の下に ')}: を書いてください。`,
      });
    }
    findings.push(...checkTexts(common.texts, textsSource));
  }
  if (crisis !== null && crisisSource !== null) {
    const ids = common.crisisLines.map((line) => line.id);
    for (const kind of CRISIS_KINDS) {
      for (const speaker of SPEAKERS) {
        for (const [index, id] of crisis.kinds[kind][speaker].lines.entries()) {
          if (ids.includes(id)) continue;
          findings.push({
            file: crisisSource.file,
            line: crisisSource.line(['kinds', kind, speaker, 'lines', index]),
            level: 'error',
            what: `電話「${id}」は crisis-lines.yaml にありません。`,
            remedy: `${maybe(id, ids)}crisis-lines.yaml の id を書いてください。`,
          });
        }
      }
    }
  }
  // A common flow is checked with each city as well: its windows and districts are the city's.
  for (const flow of common.flows)
    findings.push(
      ...checkFlow(
        flow,
        common.flows.map((other) => other.flow.flow),
        null,
      ),
    );
  return findings;
}

export function checkCity(city: City, common: Common): Finding[] {
  const findings = [...city.findings];
  const ids = [...new Set([...common.flows, ...city.flows].map((source) => source.flow.flow))];
  if (city.municipality !== null && city.source !== null) {
    findings.push(...checkMunicipality(city.municipality, city.source, city.id, ids));
  }
  for (const flow of city.flows) findings.push(...checkFlow(flow, ids, city.municipality));
  return findings;
}
